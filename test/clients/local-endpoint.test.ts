import { localEndpoint } from '../support/broker'
import { otherClientsReadAndCommit } from './commits'
import { oneGroupWithKafkaPython } from './one-group'
import { severalLogstoresInOneGroup } from './several-logstores'
import { groupsAreTakenOver } from './takeover'

describe('other clients on the local endpoint', () => {
  otherClientsReadAndCommit(localEndpoint)
  groupsAreTakenOver(localEndpoint)
  oneGroupWithKafkaPython(localEndpoint)
  severalLogstoresInOneGroup(localEndpoint)
})
