import { otherClientsReadWhatIsWritten } from '../written'
import { emulatorService } from '../../../tools/shared/broker'

describe('other clients on the emulator', () => {
  otherClientsReadWhatIsWritten(emulatorService)
})
