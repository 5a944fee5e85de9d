import { localEndpoint } from '../support/broker'
import { survivesTheEndOfItsProcess } from './crash'

survivesTheEndOfItsProcess(localEndpoint, 'kill -9', { flowMs: 20_000, endMs: 10_000 })
