import { localEndpoint } from '../support/broker'
import { membersKeepWhatTheyWorkOn } from './members'

membersKeepWhatTheyWorkOn(localEndpoint)
