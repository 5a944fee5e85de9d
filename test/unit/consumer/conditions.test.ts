import assert from 'node:assert/strict'
import { Conditions } from '../../../lib/consumer/conditions'
import { NO_PROGRESS } from '../../../lib/delivery/progress'
import { SlsKafkaError } from '../../../lib/errors'

const SECOND = 1_000
const REFUSED = { error: new SlsKafkaError('SLS_AUTH_FAILED'), unreadable: null }
const BROKEN = {
  error: new SlsKafkaError('SLS_BATCH_UNREADABLE'),
  unreadable: { first: 10n, last: 19n },
}
const NONE = { isLeftOut: false, isThrottled: false, recordError: null }

describe('consumer/conditions', () => {
  let conditions: Conditions

  beforeEach(() => {
    conditions = new Conditions()
  })

  it('adds failing shards to those that a record stops, and shows the first cause', () => {
    const progress = { ...NO_PROGRESS, stoppedShards: [3], stoppedBy: 'SLS_REJECTED' } as const
    assert.equal(conditions.addedTo(progress), progress)
    conditions.shardFailed(2, REFUSED)
    conditions.shardFailed(0, BROKEN)
    const { stoppedShards, stoppedBy } = conditions.addedTo(progress)
    assert.deepEqual([stoppedShards, stoppedBy], [[2, 0, 3], 'SLS_AUTH_FAILED'])
    assert.deepEqual([conditions.codeOf(0), conditions.codeOf(3)], ['SLS_BATCH_UNREADABLE', null])
  })

  it('forgets a failing shard when it is read, or owned by another member', () => {
    for (const shard of [0, 1, 2]) conditions.shardFailed(shard, REFUSED)
    assert.equal(conditions.shardRecovered(0), true)
    assert.equal(conditions.shardRecovered(0), false)
    conditions.assigned([0, 2])
    assert.deepEqual([...conditions.failingShards.keys()], [2])
  })

  it('is throttled for the throttle time and ten seconds more', () => {
    conditions.throttled(5 * SECOND, 0)
    conditions.throttled(1 * SECOND, 0)
    assert.equal(conditions.at(14_999).isThrottled, true)
    assert.equal(conditions.at(15_000).isThrottled, false)
  })

  it('shows the error of a record for ten seconds', () => {
    const { error } = REFUSED
    conditions.recordFailed(error, 0)
    assert.equal(conditions.at(9_999).recordError, error)
    assert.equal(conditions.at(10_000).recordError, null)
  })

  it('is left out until it owns a shard', () => {
    conditions.leftOut(true)
    conditions.assigned([])
    assert.equal(conditions.at(0).isLeftOut, true)
    conditions.assigned([1])
    assert.equal(conditions.at(0).isLeftOut, false)
  })

  it('has no condition left when a new run begins', () => {
    conditions.shardFailed(0, REFUSED)
    conditions.throttled(SECOND, 0)
    conditions.recordFailed(REFUSED.error, 0)
    conditions.leftOut(true)
    conditions.clear()
    assert.deepEqual(conditions.at(0), NONE)
    assert.equal(conditions.failingShards.size, 0)
  })
})
