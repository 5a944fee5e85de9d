import assert from 'node:assert/strict'
import { AckedLedger } from '../../../lib/delivery/acked-ledger'
import type { Delivery } from '../../../lib/delivery/delivery'
import { Window } from '../../../lib/delivery/in-flight-window'

interface TestRecord {
  readonly offset: string
  readonly key: null
  readonly value: { readonly length: number }
}

/** Repeatable: a failure shows the same again. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

const JUST_SENT = { sentAtMs: 0, failedAtMs: null }

function record(offset: number): TestRecord {
  return { offset: String(offset), key: null, value: { length: 10 } }
}

describe('delivery/window', () => {
  it('makes of a delivery one of each of its records, in its place and in its state', () => {
    const window = new Window<TestRecord>(0, 1, () => undefined)
    const [first, batch, last] = [[record(1)], [record(2), record(4), record(5)], [record(7)]].map(
      (records) => window.open(records, 0, JUST_SENT),
    )
    assert.ok(first && batch && last)
    window.retryAt(batch, 5)
    window.resend(batch, 10)
    window.retryAt(last, 5)
    const { bytes } = window
    const [two, four, five] = window.split(batch)
    assert.ok(two && four && five)
    assert.deepEqual(
      window.deliveries().map(({ offset, position, attempt }) => [offset, position, attempt]),
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
    assert.deepEqual([window.oldestOffset(), window.donePrefix], [4n, 2])
    for (const delivery of [four, five]) window.done(delivery)
    assert.equal(window.nextRetry()?.delivery, last)
    window.done(last)
    assert.deepEqual([window.inFlight, window.bytes, window.oldestOffset()], [0, 0, 'none'])
  })

  it('makes nothing of a delivery that is done', () => {
    const window = new Window<TestRecord>(0, 1, () => undefined)
    const batch = window.open([record(1), record(2)], 0, JUST_SENT)
    window.done(batch)
    assert.deepEqual([window.split(batch), window.deliveries()], [[], []])
  })

  it('never lets a commit go beyond a record that is not done, whatever happens in which order', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const next = random(seed)
      const window = new Window<TestRecord>(0, 1, () => undefined)
      const ledger = new AckedLedger(window)
      const open: Delivery<TestRecord>[] = []
      const undone = new Set<number>()
      let offset = 0
      for (let step = 0; step < 200; step++) {
        const choice = next()
        const delivery = open[Math.floor(next() * open.length)]
        if (choice < 0.4 || !delivery) {
          offset += 1 + Math.floor(next() * 5)
          ledger.fetched(BigInt(offset + 1))
          ledger.sent(String(offset))
          open.push(window.open([record(offset)], step, JUST_SENT))
          undone.add(offset)
          if (next() < 0.5) ledger.drained()
        } else if (choice < 0.8) {
          window.done(delivery)
          open.splice(open.indexOf(delivery), 1)
          undone.delete(Number(delivery.offset))
        } else if (choice < 0.9 && delivery.state.name === 'sent') {
          window.retryAt(delivery, step)
        } else if (delivery.state.name === 'sent') {
          window.hold(delivery, 'SLS_REJECTED')
        }
        const due = ledger.due()
        if (due !== null) {
          for (const left of undone) assert.ok(BigInt(left) >= due, `seed ${seed}, step ${step}`)
          ledger.committed(due)
        }
        const counted = open.filter(({ state }) => state.name !== 'held').length
        assert.equal(window.inFlight, counted, `seed ${seed}, step ${step}`)
      }
      for (const delivery of open) window.done(delivery)
      assert.equal(window.inFlight, 0)
      assert.equal(window.bytes, 0)
      assert.equal(window.isRetrying, false)
      assert.equal(window.held, null)
      ledger.drained()
      const end = BigInt(offset + 1)
      assert.equal(ledger.due() ?? ledger.lastCommitted, end)
      ledger.committed(end)
      assert.equal(window.span, 0)
    }
  })

  it('spans from the oldest record not done, or not yet committed, to the newest sent', () => {
    const window = new Window<TestRecord>(0, 1, () => undefined)
    const first = window.open([record(1)], 0, JUST_SENT)
    const second = window.open([record(2), record(3)], 0, JUST_SENT)
    window.open([record(9)], 0, JUST_SENT)
    window.done(second)
    assert.deepEqual([window.span, window.uncommitted], [4, 0])
    window.done(first)
    assert.deepEqual([window.span, window.uncommitted], [4, 3])
    window.committed(window.donePrefix)
    assert.deepEqual([window.span, window.uncommitted], [1, 0])
  })

  it('finds a record of its own epoch only', () => {
    const window = new Window<TestRecord>(0, 7, () => undefined)
    const delivery = window.open([record(1)], 0, JUST_SENT)
    assert.equal(window.find(7, '1'), delivery)
    assert.equal(window.find(6, '1'), undefined)
    assert.equal(window.find(7, '2'), undefined)
  })
})
