import { integrationTests } from '../integration'
import { emulatorService } from '../../tools/shared/broker'

integrationTests(emulatorService)
