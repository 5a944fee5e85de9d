import { severalLogstoresInOneGroup } from '../several-logstores'
import { apacheKafka } from '../../../tools/shared/broker'

describe('other clients on Apache Kafka', () => {
  severalLogstoresInOneGroup(apacheKafka)
})
