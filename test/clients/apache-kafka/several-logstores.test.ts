import { severalLogstoresInOneGroup } from '../several-logstores'
import { apacheKafka } from '../../support/broker'

describe('other clients on Apache Kafka', () => {
  severalLogstoresInOneGroup(apacheKafka)
})
