import { localEndpoint } from '../support/broker'
import { repeatsLittleOfAFastFlow } from './fast'

repeatsLittleOfAFastFlow(localEndpoint)
