import { groupsAreTakenOver } from '../takeover'
import { localEndpoint } from '../../support/broker'

describe('other clients on the local endpoint', () => {
  groupsAreTakenOver(localEndpoint)
})
