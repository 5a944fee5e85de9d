import { otherClientsReadAndCommit } from '../commits'
import { emulatorService } from '../../../tools/shared/broker'

describe('other clients on the emulator', () => {
  otherClientsReadAndCommit(emulatorService)
})
