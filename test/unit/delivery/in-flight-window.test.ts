import assert from 'node:assert/strict'
import type { Delivery } from '../../../lib/delivery/delivery'
import { InFlightLimit, InFlightShare } from '../../../lib/delivery/in-flight-limit'
import { InFlightWindow } from '../../../lib/delivery/in-flight-window'

describe('delivery/in-flight-window', () => {
  let window: InFlightWindow

  beforeEach(() => {
    const limit = new InFlightLimit(100)
    const share = new InFlightShare(limit)
    limit.divide([share])
    window = new InFlightWindow(share)
  })

  function open(...offsets: readonly number[]): Delivery {
    const records = offsets.map((offset) => ({
      offset: String(offset),
      key: null,
      value: 'ten bytes.',
      timestamp: 1,
    }))
    const bytes = 10 * records.length
    return window.open(records, bytes, 0)
  }

  it('splits a delivery into one for each record, in its place and state', () => {
    const [first, batch, last] = [open(1), open(2, 4, 5), open(7)]
    window.retryAt(batch, 5)
    window.resend(batch, 10)
    window.retryAt(last, 5)
    const { bytes } = window
    const [two, four, five] = window.split(batch)
    assert.ok(two && four && five)
    assert.deepEqual(
      window
        .deliveries()
        .map(({ offset, recordNumber, attempt }) => [offset, recordNumber, attempt]),
      [
        ['1', 0, 1],
        ['2', 1, 2],
        ['4', 2, 2],
        ['5', 3, 2],
        ['7', 4, 1],
      ],
    )
    assert.deepEqual([window.inFlight, window.bytes], [5, bytes])
    assert.equal(window.nextRetry(), null, 'they are under way')
    window.done(first)
    window.done(two)
    assert.equal(window.nextRetry(), null, 'the others of them still are')
    assert.deepEqual([window.oldest?.offset, window.donePrefix], ['4', 2])
    for (const delivery of [four, five]) window.done(delivery)
    assert.equal(window.nextRetry()?.delivery, last)
    window.done(last)
    assert.deepEqual([window.inFlight, window.bytes, window.oldest], [0, 0, null])
  })

  it('sends of two deliveries that are due at the same time the one with the lower offset first', () => {
    const [first, second] = [open(1), open(2)]
    for (const delivery of [second, first]) window.retryAt(delivery, 5, window)
    assert.equal(window.nextRetry()?.delivery, first)
    window.resend(first, 5)
    assert.equal(window.nextRetry()?.delivery, second)
  })

  it('sends each record of a split delivery again that waits for its next attempt', () => {
    const batch = open(1, 2)
    window.retryAt(batch, 5)
    const [one, two] = window.split(batch)
    assert.ok(one && two)
    assert.equal(window.nextRetry()?.delivery, one)
    window.resend(one, 5)
    window.done(one)
    assert.equal(window.nextRetry()?.delivery, two)
  })

  it('does not split a delivery that is done', () => {
    const batch = open(1, 2)
    assert.equal(window.done(batch), true)
    assert.equal(window.done(batch), false)
    assert.deepEqual([window.split(batch), window.deliveries()], [[], []])
  })

  it('counts records that are done without a gap, and records that are not done', () => {
    const [first, second] = [open(1), open(2, 3), open(9)]
    window.done(second)
    assert.deepEqual([window.sent, window.donePrefix, window.undone], [4, 0, 2])
    window.done(first)
    assert.deepEqual([window.sent, window.donePrefix, window.undone], [4, 3, 1])
  })

  it('finds a delivery by the number of its first record until it is done', () => {
    const [first, second] = [open(10, 11), open(12)]
    assert.equal(window.find(0), first)
    assert.equal(window.find(1), null)
    assert.equal(window.find(2), second)
    window.done(first)
    assert.equal(window.find(0), null)
  })

  it('keeps a delivery that stops the shard undone, but not in flight, until a restart', () => {
    const [first, second] = [open(1), open(2)]
    window.stop(second, 'SLS_REJECTED')
    window.stop(first, 'SLS_ATTEMPTS_EXHAUSTED')
    assert.deepEqual([window.inFlight, window.undone], [0, 2])
    assert.equal(window.restart(50), true)
    assert.deepEqual([window.inFlight, window.undone, window.stoppedBy], [2, 2, null])
    assert.equal(window.restart(50), false)
  })
})
