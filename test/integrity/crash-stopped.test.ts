import { emulatorService } from '../../tools/shared/broker'
import { survivesTheEndOfItsProcess } from './crash'

survivesTheEndOfItsProcess(emulatorService, 'SIGTERM', { flowMs: 20_000, endMs: 10_000 })
