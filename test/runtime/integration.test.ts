import { integrationTests } from '../integration'
import { localEndpoint } from '../support/broker'

integrationTests(localEndpoint)
