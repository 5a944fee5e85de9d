import { otherClientsReadAndCommit } from '../commits'
import { localEndpoint } from '../../support/broker'

describe('other clients on the local endpoint', () => {
  otherClientsReadAndCommit(localEndpoint)
})
