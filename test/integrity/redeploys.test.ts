import { emulatorService } from '../../tools/shared/broker'
import { redeploysLoseNothing } from './redeploys'

redeploysLoseNothing(emulatorService, 4)
