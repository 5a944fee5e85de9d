import { emulatorService } from '../../tools/shared/broker'
import { survivesTheEndOfItsProcess } from './crash'

survivesTheEndOfItsProcess(emulatorService, 'kill -9', { flowMs: 20_000, endMs: 10_000 })
