import { otherClientsReadWhatIsWritten } from '../written'
import { apacheKafka } from '../../../tools/shared/broker'

describe('other clients on Apache Kafka', () => {
  otherClientsReadWhatIsWritten(apacheKafka)
})
