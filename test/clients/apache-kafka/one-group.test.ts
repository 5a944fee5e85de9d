import { oneGroupWithKafkaPython } from '../one-group'
import { apacheKafka } from '../../../tools/shared/broker'

describe('other clients on Apache Kafka', () => {
  oneGroupWithKafkaPython(apacheKafka)
})
