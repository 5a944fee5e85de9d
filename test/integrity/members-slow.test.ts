import { emulatorService } from '../../tools/shared/broker'
import { membersKeepWhatTheyWorkOn } from './members'

membersKeepWhatTheyWorkOn(emulatorService)
