import { severalLogstoresInOneGroup } from '../several-logstores'
import { emulatorService } from '../../../tools/shared/broker'

describe('other clients on the emulator', () => {
  severalLogstoresInOneGroup(emulatorService)
})
