import { apacheKafka } from '../support/broker'
import { oneGroupWithKafkaPython } from './one-group'
import { severalLogstoresInOneGroup } from './several-logstores'

describe('other clients on Apache Kafka', () => {
  oneGroupWithKafkaPython(apacheKafka)
  severalLogstoresInOneGroup(apacheKafka)
})
