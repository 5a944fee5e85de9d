import assert from 'node:assert/strict'
import { SlsKafkaError } from '../../../lib/errors'
import { transition, type WriterEvent, type WriterState } from '../../../lib/writer/state'

const UNREACHABLE = new SlsKafkaError('SLS_UNREACHABLE')
const REFUSED = new SlsKafkaError('SLS_AUTH_FAILED')
const UNKNOWN = new SlsKafkaError('SLS_CLIENT_FAILED')

const STATES: Readonly<Record<WriterState['name'], WriterState>> = {
  stopped: { name: 'stopped' },
  connecting: { name: 'connecting' },
  ready: { name: 'ready' },
  retrying: {
    name: 'retrying',
    error: UNREACHABLE,
    sinceMs: 1_000,
    isReported: false,
    isRefusal: false,
  },
  closing: { name: 'closing' },
  closed: { name: 'closed' },
}

const EVENTS = {
  started: { type: 'started' },
  listed: { type: 'listed', isIdle: true },
  written: { type: 'written' },
  trouble: {
    type: 'trouble',
    error: UNREACHABLE,
    isLasting: false,
    isRefusal: false,
    nowMs: 2_000,
  },
  checked: { type: 'checked', nowMs: 2_000 },
  closing: { type: 'closing' },
  closed: { type: 'closed' },
} as const satisfies Readonly<Record<WriterEvent['type'], WriterEvent>>

/** The name of the next state for each event, in the order of `EVENTS`. */
const TABLE: Readonly<Record<WriterState['name'], readonly WriterState['name'][]>> = {
  stopped: ['connecting', 'stopped', 'stopped', 'stopped', 'stopped', 'closing', 'closed'],
  connecting: ['connecting', 'ready', 'ready', 'retrying', 'connecting', 'closing', 'closed'],
  ready: ['ready', 'ready', 'ready', 'retrying', 'ready', 'closing', 'closed'],
  retrying: ['retrying', 'ready', 'ready', 'retrying', 'retrying', 'closing', 'closed'],
  closing: ['closing', 'closing', 'closing', 'closing', 'closing', 'closing', 'closed'],
  closed: ['closed', 'closed', 'closed', 'closed', 'closed', 'closed', 'closed'],
}

describe('writer/state', () => {
  for (const [name, nexts] of Object.entries(TABLE) as [WriterState['name'], string[]][]) {
    Object.values(EVENTS).forEach((event, index) => {
      it(`leads from ${name} to ${nexts[index]} when ${event.type}`, () => {
        assert.equal(transition(STATES[name], event).name, nexts[index])
      })
    })
  }

  it('goes on retrying while logs wait, although the shards were listed', () => {
    const listed = { type: 'listed', isIdle: false } as const
    assert.equal(transition(STATES.retrying, listed), STATES.retrying)
    assert.equal(transition(STATES.connecting, listed).name, 'ready')
  })

  it('goes on retrying after a refusal until a log is written', () => {
    const refused = transition(STATES.ready, { ...EVENTS.trouble, isRefusal: true })
    const later = transition(transition(refused, EVENTS.trouble), EVENTS.listed)
    assert.equal(later.name, 'retrying')
    assert.equal(transition(later, EVENTS.written).name, 'ready')
  })

  it('keeps since when it retries, and shows the newest cause', () => {
    const event = { ...EVENTS.trouble, error: REFUSED, isLasting: true, nowMs: 9_000 }
    const expected = { ...STATES.retrying, error: REFUSED, isReported: true }
    assert.deepEqual(transition(STATES.retrying, event), expected)
    assert.deepEqual(transition(STATES.ready, event), { ...expected, sinceMs: 9_000 })
  })

  it('does not replace a known cause by an unknown one', () => {
    const event = { ...EVENTS.trouble, error: UNKNOWN, nowMs: 9_000 }
    assert.deepEqual(transition(STATES.retrying, event), STATES.retrying)
  })

  it('reports a failure that has lasted for more than ten seconds', () => {
    const at = (nowMs: number): WriterState =>
      transition(STATES.retrying, { type: 'checked', nowMs })
    assert.equal(at(11_000), STATES.retrying)
    assert.deepEqual(at(11_001), { ...STATES.retrying, isReported: true })
  })
})
