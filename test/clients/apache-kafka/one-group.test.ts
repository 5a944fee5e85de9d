import { oneGroupWithKafkaPython } from '../one-group'
import { apacheKafka } from '../../support/broker'

describe('other clients on Apache Kafka', () => {
  oneGroupWithKafkaPython(apacheKafka)
})
