import { oneGroupWithKafkaPython } from '../one-group'
import { localEndpoint } from '../../support/broker'

describe('other clients on the local endpoint', () => {
  oneGroupWithKafkaPython(localEndpoint)
})
