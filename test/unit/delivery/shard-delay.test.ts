import assert from 'node:assert/strict'
import { ShardDelay } from '../../../lib/delivery/shard-delay'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Wall time at the monotonic time 0. */
const EPOCH = 1_800_000_000_000

describe('delivery/shard-delay', () => {
  let delay: ShardDelay

  beforeEach(() => {
    delay = new ShardDelay(0)
  })

  /** @param nowMs monotonic; the wall clock is correct */
  const at = (nowMs: number): number => delay.delay(nowMs, EPOCH + nowMs)

  const sent = (timestamp: number, nowMs: number): void => {
    delay.notEmpty()
    delay.sent(timestamp, EPOCH + nowMs)
  }

  const caughtUp = (nowMs: number): void => {
    delay.empty(nowMs)
    delay.allSent()
  }

  it('is the time since the assignment as long as nothing is known', () => {
    assert.deepEqual([at(0), at(45 * SECOND)], [0, 45 * SECOND])
  })

  it('is the age of the newest record sent, until all records were read once', () => {
    sent(EPOCH - HOUR, SECOND)
    assert.equal(at(MINUTE), HOUR + MINUTE)
    sent(EPOCH - MINUTE, 2 * MINUTE)
    assert.equal(at(2 * MINUTE), 3 * MINUTE)
  })

  it('is zero while responses without records come, however old the last record is', () => {
    sent(EPOCH - HOUR, 0)
    for (let now = 0; now <= HOUR; now += 30 * SECOND) {
      caughtUp(now)
      assert.equal(at(now + 29 * SECOND), 0)
    }
  })

  it('grows from the last response without records when no more responses come', () => {
    caughtUp(10 * SECOND)
    assert.deepEqual([at(40 * SECOND), at(41 * SECOND)], [0, 31 * SECOND])
    assert.equal(delay.isCaughtUp(41 * SECOND), false)
  })

  it('counts from the newest record, or from the time when all was read if that is later', () => {
    caughtUp(0)
    sent(EPOCH - 24 * HOUR, MINUTE)
    assert.equal(at(5 * MINUTE), 5 * MINUTE, 'an old record')
    sent(EPOCH + 4 * MINUTE, 5 * MINUTE)
    assert.equal(at(5 * MINUTE), MINUTE, 'a newer one')
  })

  it('is not caught up while a fetched record is not sent', () => {
    delay.notEmpty()
    delay.empty(SECOND)
    assert.equal(delay.isCaughtUp(SECOND), false)
    delay.allSent()
    assert.equal(delay.isCaughtUp(SECOND), true)
  })

  it('is not caught up by a response that proves nothing', () => {
    caughtUp(0)
    delay.notEmpty()
    assert.deepEqual([delay.isCaughtUp(SECOND), at(SECOND)], [false, SECOND])
    delay.allSent()
    assert.equal(at(SECOND), SECOND)
  })

  for (const [kind, timestamp] of [
    ['no time at all', -1],
    ['the year 1970', 0],
    ['more than a minute ahead of the clock', EPOCH + HOUR],
  ] as const) {
    it(`ignores a record timestamp (${kind}), and keeps the earlier one`, () => {
      sent(timestamp, MINUTE)
      assert.equal(at(2 * MINUTE), 2 * MINUTE, 'since the assignment')
      sent(EPOCH, MINUTE)
      sent(timestamp, 2 * MINUTE)
      assert.equal(at(2 * MINUTE), 2 * MINUTE, 'since the record before')
    })
  }

  it('is never negative, and does not shrink when the wall clock is put back', () => {
    sent(EPOCH + 30 * SECOND, 0)
    assert.equal(at(0), 0, 'a clock of a writer that is a little ahead')
    caughtUp(0)
    sent(EPOCH, MINUTE)
    assert.equal(delay.delay(10 * MINUTE, EPOCH - HOUR), 10 * MINUTE, 'put back by an hour')
  })

  it('is at least the time since the oldest record that is not done was first sent', () => {
    const undone = { oldestSentAtMs: null as number | null }
    delay.begin(undone)
    caughtUp(0)
    undone.oldestSentAtMs = SECOND
    caughtUp(MINUTE)
    assert.equal(at(MINUTE), 59 * SECOND)
    undone.oldestSentAtMs = null
    assert.equal(at(MINUTE), 0)
  })

  it('remembers records that were in flight when a membership ended, until they are done', () => {
    delay.interrupted.add([
      { offset: 9n, sentAtMs: 2 * SECOND, failedAtMs: null },
      { offset: 7n, sentAtMs: SECOND, failedAtMs: 3 * SECOND },
    ])
    delay.begin(null)
    sent(EPOCH + 55 * SECOND, 55 * SECOND)
    assert.deepEqual([at(MINUTE), delay.interrupted.haveFailed], [59 * SECOND, true])
    assert.equal(delay.interrupted.take('6', '6'), null, 'one that was done')
    assert.deepEqual(delay.interrupted.take('7', '8'), { sentAtMs: SECOND, failedAtMs: 3 * SECOND })
    assert.deepEqual([at(MINUTE), delay.interrupted.haveFailed], [58 * SECOND, false])
    caughtUp(MINUTE)
    assert.equal(at(MINUTE), 0, 'another member has done it')
  })
})
