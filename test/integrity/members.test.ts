import { emulatorService } from '../../tools/shared/broker'
import { membersShareAGroup } from './members'

membersShareAGroup(emulatorService, 5_000)
