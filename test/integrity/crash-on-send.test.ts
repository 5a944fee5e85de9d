import { emulatorService } from '../../tools/shared/broker'
import { losesNothingWhereTheFlowKeepsUp } from './crash'

losesNothingWhereTheFlowKeepsUp(emulatorService, 'kill -9', 10_000)
losesNothingWhereTheFlowKeepsUp(emulatorService, 'SIGTERM', 10_000)
