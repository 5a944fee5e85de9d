import { survivesTheEndOfItsProcess } from '../integrity/crash'
import { membersShareAGroup } from '../integrity/members'
import { redeploysLoseNothing } from '../integrity/redeploys'
import { apacheKafka } from '../../tools/shared/broker'

// The short ones of the integrity suite, in short: what differs here is the service.
describe(`the integrity of records on ${apacheKafka.name}`, () => {
  survivesTheEndOfItsProcess(apacheKafka, 'kill -9', { flowMs: 8_000, endMs: 4_000 })
  membersShareAGroup(apacheKafka, 2_000)
  redeploysLoseNothing(apacheKafka, 1)
})
