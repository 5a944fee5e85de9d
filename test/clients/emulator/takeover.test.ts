import { groupsAreTakenOver } from '../takeover'
import { emulatorService } from '../../../tools/shared/broker'

describe('other clients on the emulator', () => {
  groupsAreTakenOver(emulatorService)
})
