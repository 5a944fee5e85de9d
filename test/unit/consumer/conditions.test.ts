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
    assert.equal(conditions.addTo(progress), progress)
    conditions.addFailingShard(2, REFUSED)
    conditions.addFailingShard(0, BROKEN)
    const { stoppedShards, stoppedBy } = conditions.addTo(progress)
    assert.deepEqual([stoppedShards, stoppedBy], [[2, 0, 3], 'SLS_AUTH_FAILED'])
    assert.deepEqual(
      [conditions.shardErrorCode(0), conditions.shardErrorCode(3)],
      ['SLS_BATCH_UNREADABLE', null],
    )
  })

  it('forgets a failing shard when it is read, or owned by another member', () => {
    for (const shard of [0, 1, 2]) conditions.addFailingShard(shard, REFUSED)
    assert.equal(conditions.removeFailingShard(0), true)
    assert.equal(conditions.removeFailingShard(0), false)
    conditions.setAssignment([0, 2])
    assert.deepEqual([...conditions.failingShards.keys()], [2])
  })

  it('is throttled for the throttle time and ten seconds more', () => {
    conditions.setThrottled(5 * SECOND, 0)
    conditions.setThrottled(1 * SECOND, 0)
    assert.equal(conditions.stateAt(14_999).isThrottled, true)
    assert.equal(conditions.stateAt(15_000).isThrottled, false)
  })

  it('shows the error of a record for ten seconds', () => {
    const { error } = REFUSED
    conditions.setRecordError(error, 0)
    assert.equal(conditions.stateAt(9_999).recordError, error)
    assert.equal(conditions.stateAt(10_000).recordError, null)
  })

  it('is left out until it owns a shard', () => {
    conditions.setLeftOut(true)
    conditions.setAssignment([])
    assert.equal(conditions.stateAt(0).isLeftOut, true)
    conditions.setAssignment([1])
    assert.equal(conditions.stateAt(0).isLeftOut, false)
  })

  it('has no condition left when a new run begins', () => {
    conditions.addFailingShard(0, REFUSED)
    conditions.setThrottled(SECOND, 0)
    conditions.setRecordError(REFUSED.error, 0)
    conditions.setLeftOut(true)
    conditions.clear()
    assert.deepEqual(conditions.stateAt(0), NONE)
    assert.equal(conditions.failingShards.size, 0)
  })
})
