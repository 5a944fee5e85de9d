import { localEndpoint } from '../support/broker'
import { redeploysLoseNothing } from './redeploys'

redeploysLoseNothing(localEndpoint, 4)
