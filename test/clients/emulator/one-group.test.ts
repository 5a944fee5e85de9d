import { oneGroupWithKafkaPython } from '../one-group'
import { emulatorService } from '../../../tools/shared/broker'

describe('other clients on the emulator', () => {
  oneGroupWithKafkaPython(emulatorService)
})
