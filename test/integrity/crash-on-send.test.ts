import { localEndpoint } from '../support/broker'
import { losesNothingWhereTheFlowKeepsUp } from './crash'

losesNothingWhereTheFlowKeepsUp(localEndpoint, 'kill -9', 10_000)
losesNothingWhereTheFlowKeepsUp(localEndpoint, 'SIGTERM', 10_000)
