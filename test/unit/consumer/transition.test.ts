import assert from 'node:assert/strict'
import { CONSUMER_STATES, NO_OUTAGE, type ConsumerState } from '../../../lib/consumer/state'
import { transition, type ConsumerEvent } from '../../../lib/consumer/transition'
import { SlsKafkaError } from '../../../lib/errors'

const SECOND = 1_000
/** The trouble of a state began at 0, and the join of a state at 5 s. */
const JOIN_MS = 5 * SECOND
const NOW_MS = 8 * SECOND
/** More than ten seconds after the trouble began. */
const OVERDUE_MS = 11 * SECOND
/** More than thirty seconds after the last response. */
const SILENT_MS = NOW_MS + 31 * SECOND

const MEMBERSHIP = { totalShards: 4 }
const NEW_MEMBERSHIP = { totalShards: 6 }
const ERROR = new SlsKafkaError('SLS_UNREACHABLE')
const NEW_ERROR = new SlsKafkaError('SLS_SERVICE_ERROR')
const VAGUE_ERROR = new SlsKafkaError('SLS_CLIENT_FAILED')
const STALLED = new SlsKafkaError('SLS_STALLED', { seconds: 30 })

const UNREPORTED = { sinceMs: 0, isReported: false }
const REPORTED = { sinceMs: 0, isReported: true }
/** After a failed membership, before the next one has trouble of its own. */
const AFTER_FAILURE = { sinceMs: null, isReported: true }

const STOPPED = { name: 'stopped' } satisfies ConsumerState
const CONNECTING = { name: 'connecting' } satisfies ConsumerState
const STOPPING = { name: 'stopping' } satisfies ConsumerState
const FAILED = { name: 'failed', error: ERROR, nextTryAtMs: 9_000 } satisfies ConsumerState
const FAILED_AGAIN = {
  name: 'failed',
  error: NEW_ERROR,
  nextTryAtMs: 20_000,
} satisfies ConsumerState
const JOINING = {
  name: 'joining',
  sinceMs: JOIN_MS,
  outage: NO_OUTAGE,
  membership: null,
} satisfies ConsumerState
const CONSUMING = {
  name: 'consuming',
  membership: MEMBERSHIP,
  lastResponseMs: NOW_MS,
  outage: NO_OUTAGE,
} satisfies ConsumerState
const RECONNECTING = {
  name: 'reconnecting',
  error: ERROR,
  sinceMs: 0,
  isReported: false,
  membership: null,
} satisfies ConsumerState

const STATES = {
  stopped: STOPPED,
  connecting: CONNECTING,
  joining: JOINING,
  'joining after trouble': { ...JOINING, outage: UNREPORTED },
  'joining after a failure': { ...JOINING, outage: AFTER_FAILURE },
  'joined after a failure': { ...JOINING, outage: AFTER_FAILURE, membership: MEMBERSHIP },
  consuming: CONSUMING,
  'consuming after trouble': { ...CONSUMING, outage: UNREPORTED },
  reconnecting: RECONNECTING,
  'reconnecting as a member': { ...RECONNECTING, membership: MEMBERSHIP },
  'reconnecting, which was reported': { ...RECONNECTING, isReported: true },
  failed: FAILED,
  stopping: STOPPING,
} satisfies Record<string, ConsumerState>

const EVENTS = {
  started: { type: 'started' },
  connecting: { type: 'connecting' },
  joining: { type: 'joining', nowMs: NOW_MS },
  'join-waits': { type: 'join-waits', sinceMs: 6_000 },
  assigned: { type: 'assigned', membership: NEW_MEMBERSHIP, nowMs: NOW_MS },
  response: { type: 'response', nowMs: NOW_MS + 1 },
  throttled: { type: 'throttled', untilMs: 60_000 },
  trouble: { type: 'trouble', error: NEW_ERROR, nowMs: NOW_MS },
  'vague trouble': { type: 'trouble', error: VAGUE_ERROR, nowMs: NOW_MS },
  'early check': { type: 'checked', nowMs: NOW_MS },
  'check after 11 s': { type: 'checked', nowMs: OVERDUE_MS },
  'check after 39 s': { type: 'checked', nowMs: SILENT_MS },
  failed: { type: 'failed', error: NEW_ERROR, nextTryAtMs: 20_000 },
  stopping: { type: 'stopping' },
  stopped: { type: 'stopped' },
} satisfies Record<string, ConsumerEvent>

const ASSIGNED = { ...CONSUMING, membership: NEW_MEMBERSHIP } satisfies ConsumerState
const RESPONDED = { ...CONSUMING, lastResponseMs: NOW_MS + 1 } satisfies ConsumerState
/** Trouble that begins now. */
const TROUBLED = { ...RECONNECTING, error: NEW_ERROR, sinceMs: NOW_MS } satisfies ConsumerState
const VAGUELY_TROUBLED = { ...TROUBLED, error: VAGUE_ERROR } satisfies ConsumerState

type Label = keyof typeof EVENTS

/** Changes that all running states share. */
const FROM_ALL = { failed: FAILED_AGAIN, stopping: STOPPING, stopped: STOPPED }

/** An event that is not listed keeps the state. */
const CHANGES: Record<keyof typeof STATES, Partial<Record<Label, ConsumerState>>> = {
  stopped: { started: CONNECTING },
  connecting: {
    ...FROM_ALL,
    joining: { ...JOINING, sinceMs: NOW_MS },
    'join-waits': { ...JOINING, sinceMs: 6_000 },
    assigned: ASSIGNED,
    trouble: TROUBLED,
    'vague trouble': VAGUELY_TROUBLED,
  },
  joining: {
    ...FROM_ALL,
    connecting: CONNECTING,
    assigned: ASSIGNED,
    trouble: TROUBLED,
    'vague trouble': VAGUELY_TROUBLED,
  },
  'joining after trouble': {
    ...FROM_ALL,
    connecting: CONNECTING,
    assigned: { ...ASSIGNED, outage: UNREPORTED },
    trouble: { ...TROUBLED, sinceMs: 0 },
    'vague trouble': { ...VAGUELY_TROUBLED, sinceMs: 0 },
  },
  'joining after a failure': {
    ...FROM_ALL,
    connecting: CONNECTING,
    assigned: { ...JOINING, outage: AFTER_FAILURE, membership: NEW_MEMBERSHIP },
    trouble: { ...TROUBLED, isReported: true },
    'vague trouble': { ...VAGUELY_TROUBLED, isReported: true },
  },
  'joined after a failure': {
    ...FROM_ALL,
    connecting: CONNECTING,
    joining: { ...JOINING, outage: AFTER_FAILURE },
    'join-waits': { ...JOINING, outage: AFTER_FAILURE },
    assigned: { ...JOINING, outage: AFTER_FAILURE, membership: NEW_MEMBERSHIP },
    response: RESPONDED,
    trouble: { ...TROUBLED, isReported: true, membership: MEMBERSHIP },
    'vague trouble': { ...VAGUELY_TROUBLED, isReported: true, membership: MEMBERSHIP },
  },
  consuming: {
    ...FROM_ALL,
    connecting: CONNECTING,
    joining: { ...JOINING, sinceMs: NOW_MS },
    'join-waits': { ...JOINING, sinceMs: 6_000 },
    assigned: ASSIGNED,
    response: RESPONDED,
    throttled: { ...CONSUMING, lastResponseMs: 60_000 },
    trouble: { ...TROUBLED, membership: MEMBERSHIP },
    'vague trouble': { ...VAGUELY_TROUBLED, membership: MEMBERSHIP },
    'check after 39 s': {
      ...RECONNECTING,
      error: STALLED,
      sinceMs: SILENT_MS,
      membership: MEMBERSHIP,
    },
  },
  'consuming after trouble': {
    ...FROM_ALL,
    connecting: CONNECTING,
    joining: { ...JOINING, sinceMs: NOW_MS, outage: UNREPORTED },
    'join-waits': { ...JOINING, sinceMs: 6_000, outage: UNREPORTED },
    assigned: { ...ASSIGNED, outage: UNREPORTED },
    response: RESPONDED,
    throttled: { ...CONSUMING, outage: UNREPORTED, lastResponseMs: 60_000 },
    trouble: { ...TROUBLED, sinceMs: 0, membership: MEMBERSHIP },
    'vague trouble': { ...VAGUELY_TROUBLED, sinceMs: 0, membership: MEMBERSHIP },
    'check after 39 s': { ...RECONNECTING, error: STALLED, membership: MEMBERSHIP },
  },
  reconnecting: {
    ...FROM_ALL,
    connecting: CONNECTING,
    'join-waits': { ...JOINING, sinceMs: 6_000, outage: UNREPORTED },
    assigned: { ...ASSIGNED, outage: UNREPORTED },
    trouble: { ...RECONNECTING, error: NEW_ERROR },
    'check after 11 s': { ...RECONNECTING, isReported: true },
    'check after 39 s': { ...RECONNECTING, isReported: true },
  },
  'reconnecting as a member': {
    ...FROM_ALL,
    connecting: CONNECTING,
    joining: RECONNECTING,
    'join-waits': { ...JOINING, sinceMs: 6_000, outage: UNREPORTED },
    assigned: { ...ASSIGNED, outage: UNREPORTED },
    response: RESPONDED,
    trouble: { ...RECONNECTING, error: NEW_ERROR, membership: MEMBERSHIP },
    'check after 11 s': { ...RECONNECTING, isReported: true, membership: MEMBERSHIP },
    'check after 39 s': { ...RECONNECTING, isReported: true, membership: MEMBERSHIP },
  },
  'reconnecting, which was reported': {
    ...FROM_ALL,
    connecting: CONNECTING,
    'join-waits': { ...JOINING, sinceMs: 6_000, outage: REPORTED },
    assigned: { ...RECONNECTING, isReported: true, membership: NEW_MEMBERSHIP },
    trouble: { ...RECONNECTING, error: NEW_ERROR, isReported: true },
  },
  failed: {
    ...FROM_ALL,
    joining: { ...JOINING, sinceMs: NOW_MS, outage: AFTER_FAILURE },
    'join-waits': { ...JOINING, sinceMs: 6_000, outage: AFTER_FAILURE },
    assigned: {
      ...JOINING,
      sinceMs: NOW_MS,
      outage: AFTER_FAILURE,
      membership: NEW_MEMBERSHIP,
    },
  },
  stopping: { stopped: STOPPED },
}

describe('consumer/transition', () => {
  for (const [stateLabel, state] of Object.entries(STATES)) {
    describe(`from ${stateLabel}`, () => {
      const changes = CHANGES[stateLabel as keyof typeof STATES]
      for (const [eventLabel, event] of Object.entries(EVENTS)) {
        const next = changes[eventLabel as Label]
        const title = next ? `becomes ${next.name}` : 'keeps the state'
        it(`${title} at the event "${eventLabel}"`, () => {
          assert.deepEqual(transition(Object.freeze(state), event), next ?? state)
        })
      }
    })
  }

  it('has a row for every state and a column for every type of event', () => {
    const names = new Set(Object.values(STATES).map(({ name }) => name))
    assert.deepEqual([...names].sort(), [...CONSUMER_STATES].sort())
    const types: Record<ConsumerEvent['type'], true> = {
      started: true,
      connecting: true,
      joining: true,
      'join-waits': true,
      assigned: true,
      response: true,
      throttled: true,
      trouble: true,
      checked: true,
      failed: true,
      stopping: true,
      stopped: true,
    }
    const used = new Set(Object.values(EVENTS).map(({ type }) => type))
    assert.deepEqual([...used].sort(), Object.keys(types).sort())
  })
})
