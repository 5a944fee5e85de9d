import { severalLogstoresInOneGroup } from '../several-logstores'
import { localEndpoint } from '../../support/broker'

describe('other clients on the local endpoint', () => {
  severalLogstoresInOneGroup(localEndpoint)
})
