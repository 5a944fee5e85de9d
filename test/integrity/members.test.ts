import { localEndpoint } from '../support/broker'
import { membersShareAGroup } from './members'

membersShareAGroup(localEndpoint, 5_000)
