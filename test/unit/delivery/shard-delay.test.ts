import assert from 'node:assert/strict'
import { ShardDelay } from '../../../lib/delivery/shard-delay'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Of the machine's clock, at the monotonic moment 0. */
const EPOCH = 1_800_000_000_000

describe('delivery/shard-delay', () => {
  let delay: ShardDelay

  beforeEach(() => {
    delay = new ShardDelay(0)
  })

  /** @param nowMs monotonic, with a clock of the machine that goes right */
  const at = (nowMs: number): number => delay.delay(nowMs, EPOCH + nowMs)

  const sent = (timestamp: number, nowMs: number): void => {
    delay.notEmpty()
    delay.sent(timestamp, EPOCH + nowMs)
  }

  const caughtUp = (nowMs: number): void => {
    delay.empty(nowMs)
    delay.drained()
  }

  it('is the time since the assignment as long as nothing is known', () => {
    assert.deepEqual([at(0), at(45 * SECOND)], [0, 45 * SECOND])
  })

  it('is the age of the newest record sent before all was read once', () => {
    sent(EPOCH - HOUR, SECOND)
    assert.equal(at(MINUTE), HOUR + MINUTE)
    sent(EPOCH - MINUTE, 2 * MINUTE)
    assert.equal(at(2 * MINUTE), 3 * MINUTE)
  })

  it('is nothing while responses without records come, however old the last record is', () => {
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

  it('counts the later of the newest record and of the moment when all was read', () => {
    caughtUp(0)
    sent(EPOCH - 24 * HOUR, MINUTE)
    assert.equal(at(5 * MINUTE), 5 * MINUTE, 'an old record')
    sent(EPOCH + 4 * MINUTE, 5 * MINUTE)
    assert.equal(at(5 * MINUTE), MINUTE, 'a newer one')
  })

  it('is not caught up while something that was fetched is not sent', () => {
    delay.notEmpty()
    delay.empty(SECOND)
    assert.equal(delay.isCaughtUp(SECOND), false)
    delay.drained()
    assert.equal(delay.isCaughtUp(SECOND), true)
  })

  it('is not caught up by a response that proves nothing', () => {
    caughtUp(0)
    delay.notEmpty()
    assert.deepEqual([delay.isCaughtUp(SECOND), at(SECOND)], [false, SECOND])
    delay.drained()
    assert.equal(at(SECOND), SECOND)
  })

  for (const [kind, timestamp] of [
    ['no time at all', -1],
    ['the year 1970', 0],
    ['more than a minute ahead of the clock', EPOCH + HOUR],
  ] as const) {
    it(`ignores the timestamp of a record, ${kind}, and keeps what was known`, () => {
      sent(timestamp, MINUTE)
      assert.equal(at(2 * MINUTE), 2 * MINUTE, 'since the assignment')
      sent(EPOCH, MINUTE)
      sent(timestamp, 2 * MINUTE)
      assert.equal(at(2 * MINUTE), 2 * MINUTE, 'since the record before')
    })
  }

  it('is never negative, and takes no clock that was put back for no delay', () => {
    sent(EPOCH + 30 * SECOND, 0)
    assert.equal(at(0), 0, 'a clock of a writer that is a little ahead')
    caughtUp(0)
    sent(EPOCH, MINUTE)
    assert.equal(delay.delay(10 * MINUTE, EPOCH - HOUR), 10 * MINUTE, 'put back by an hour')
  })

  it('is at least the time since the oldest record not done was sent first', () => {
    const undone = { oldestSentAtMs: null as number | null }
    delay.begin(undone)
    caughtUp(0)
    undone.oldestSentAtMs = SECOND
    caughtUp(MINUTE)
    assert.equal(at(MINUTE), 59 * SECOND)
    undone.oldestSentAtMs = null
    assert.equal(at(MINUTE), 0)
  })

  it('remembers what was in flight when a membership ended, until it is done', () => {
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
    assert.equal(at(MINUTE), 0, 'somebody else has done it')
  })
})
