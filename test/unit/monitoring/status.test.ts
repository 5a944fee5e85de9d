import assert from 'node:assert/strict'
import { NO_PROGRESS } from '../../../lib/delivery/progress'
import { snapshotOfConfigError, type ConsumerSnapshot } from '../../../lib/consumer/snapshot'
import { NO_OUTAGE, type ConsumerState } from '../../../lib/consumer/state'
import { ERROR_CODES, SlsKafkaError, type ErrorCode } from '../../../lib/errors'
import { compact, compactDuration } from '../../../lib/monitoring/compact'
import { statusOf } from '../../../lib/monitoring/status'

const CONSUMING: ConsumerState = {
  name: 'consuming',
  membership: { totalShards: 4 },
  lastResponseMs: 0,
  outage: NO_OUTAGE,
}

const JOINING: ConsumerState = {
  name: 'joining',
  sinceMs: 0,
  outage: NO_OUTAGE,
  membership: null,
}

const RETRYING = { shard: 2, offset: '42', attempts: 3, seconds: 61 }

const UNANSWERED = { shard: 2, offset: '42', seconds: 61, isFull: false }

function snapshot(changes: Partial<ConsumerSnapshot> = {}): ConsumerSnapshot {
  return {
    state: CONSUMING,
    join: null,
    shards: 4,
    rate: 1234,
    bytesPerSecond: 0,
    delaySeconds: 4,
    isLeftOut: false,
    isThrottled: false,
    isCaughtUp: false,
    isPaused: false,
    attempts: 3,
    lastError: null,
    ...NO_PROGRESS,
    recordError: null,
    errors: {},
    shardStates: [],
    ...changes,
  }
}

function shown(changes: Partial<ConsumerSnapshot>): string {
  const { fill, shape, text } = statusOf(snapshot(changes), (count) => `${count} in flight`)
  return `${fill} ${shape} ${text.replace('sls-kafka-in.status.', '')}`
}

function failed(code: ErrorCode): ConsumerState {
  return { name: 'failed', error: new SlsKafkaError(code), nextTryAtMs: 0 }
}

describe('status', () => {
  const cases: readonly [string, Partial<ConsumerSnapshot>][] = [
    ['grey ring stopped', { state: { name: 'stopped' } }],
    ['yellow ring connecting', { state: { name: 'connecting' } }],
    ['yellow ring joining', { state: JOINING, join: { seconds: 4.9, atMost: 130 } }],
    ['yellow ring 5/≤130 s', { state: JOINING, join: { seconds: 5, atMost: 130 } }],
    ['yellow ring 35/≤130 s', { state: JOINING, join: { seconds: 39.9, atMost: 130 } }],
    ['yellow ring joining', { state: JOINING, join: { seconds: 131, atMost: 130 } }],
    ['green dot 1.2k/s · 4s', {}],
    ['green dot 2/4 shards · 600/s · 4s', { shards: 2, rate: 600 }],
    ['green dot waiting', { rate: 0, isCaughtUp: true }],
    ['green dot 0/s · 1m', { rate: 0, delaySeconds: 90 }],
    ['green dot 1.2k/s · 45s', { delaySeconds: 49 }],
    ['green dot 1.2k/s · 3h', { delaySeconds: 14_399 }],
    ['green dot 3 in flight · 45s', { rate: 0, isCaughtUp: true, inFlight: 3, delaySeconds: 45 }],
    ['green dot 2/4 shards · 3 in flight · 4s', { rate: 0, shards: 2, inFlight: 3 }],
    ['blue ring paused', { isPaused: true, rate: 0 }],
    ['grey ring standby', { shards: 0, rate: 0 }],
    ['red ring group-conflict', { shards: 0, rate: 0, isLeftOut: true }],
    ['yellow dot not-json', { recordError: new SlsKafkaError('SLS_DECODE_FAILED') }],
    ['red dot offset-expired', { recordError: new SlsKafkaError('SLS_OFFSET_EXPIRED') }],
    ['yellow dot record-given-up', { recordError: new SlsKafkaError('SLS_ATTEMPTS_EXHAUSTED') }],
    ['yellow dot record-rejected', { recordError: new SlsKafkaError('SLS_REJECTED') }],
    ['yellow dot record-skipped', { recordError: new SlsKafkaError('SLS_SKIPPED') }],
    ['yellow dot 2/s · 4m · ↻ 3', { rate: 2, delaySeconds: 250, isRetrying: true }],
    [
      'yellow dot 2/4 shards · 0/s · 5s · ↻ 3',
      { rate: 0, shards: 2, delaySeconds: 9, isRetrying: true },
    ],
    [
      'yellow dot 2/s · 4m · ↻ 3',
      { rate: 2, delaySeconds: 250, isRetrying: true, retrying: RETRYING },
    ],
    ['yellow dot waiting-for-ack', { unanswered: UNANSWERED, isRetrying: true }],
    ['yellow dot throttled', { isThrottled: true }],
    ['yellow dot 1.2k/s · 4s · ↻ 3', { isRetrying: true, isThrottled: true }],
    ['red ring shard-stopped', { stoppedShards: [2], stoppedBy: 'SLS_REJECTED' }],
    ['red ring shard-failing', { stoppedShards: [2], stoppedBy: 'SLS_CLIENT_FAILED' }],
    ['red ring access-key-refused', { state: failed('SLS_AUTH_FAILED') }],
    ['red ring logstore-not-found', { state: failed('SLS_LOGSTORE_NOT_FOUND') }],
  ]
  for (const [expected, changes] of cases) {
    it(`shows ${expected}`, () => {
      assert.equal(shown(changes), expected)
    })
  }

  it('is never green while the connection is broken', () => {
    const error = new SlsKafkaError('SLS_UNREACHABLE')
    const state: ConsumerState = {
      name: 'reconnecting',
      error,
      sinceMs: 0,
      isReported: false,
      membership: null,
    }
    assert.equal(shown({ state }), 'yellow ring reconnecting')
    assert.equal(statusOf(snapshot({ state })).code, 'SLS_UNREACHABLE')
  })

  it('carries what an alert needs', () => {
    const { state, shards, rate, delaySeconds, inFlight } = statusOf(snapshot())
    assert.deepEqual(
      { state, shards, rate, delaySeconds, inFlight },
      { state: 'consuming', shards: 4, rate: 1234, delaySeconds: 4, inFlight: 0 },
    )
    assert.equal(statusOf(snapshot({ state: failed('SLS_AUTH_FAILED') })).code, 'SLS_AUTH_FAILED')
    assert.equal(
      statusOf(snapshotOfConfigError({ code: 'SLS_CONFIG_INVALID', at: 0 })).code,
      'SLS_CONFIG_INVALID',
    )
    assert.equal(statusOf(snapshot({ unanswered: UNANSWERED })).code, 'SLS_ACK_MISSING')
    assert.equal(statusOf(snapshot({ isThrottled: true })).code, 'SLS_THROTTLED')
    const retrying = snapshot({ isRetrying: true, retrying: RETRYING })
    assert.equal(statusOf(retrying).code, 'SLS_RETRYING')
    assert.equal(statusOf(snapshot({ isRetrying: true })).code, undefined)
    const stopped = statusOf(snapshot({ stoppedShards: [2], stoppedBy: 'SLS_REJECTED' }))
    assert.deepEqual([stopped.code, stopped.stoppedShards], ['SLS_REJECTED', [2]])
  })

  it('does not change every second only because something is in flight', () => {
    const ages = [0, 9, 10, 19, 64].map((oldestSeconds) => snapshot({ oldestSeconds }))
    assert.deepEqual(
      ages.map((age) => statusOf(age).oldestSeconds),
      [0, 0, 10, 10, 60],
    )
  })

  it('does not change every second only because a delay grows or a record waits', () => {
    const delays = [0, 3, 4, 5, 9, 64].map((delaySeconds) => snapshot({ delaySeconds }))
    assert.deepEqual(
      delays.map((one) => statusOf(one).delaySeconds),
      [0, 3, 4, 5, 5, 60],
    )
    const times = [null, 10_000, 10_001].map((nextAttemptAt) => snapshot({ nextAttemptAt }))
    assert.deepEqual(
      times.map((one) => statusOf(one).nextAttemptAt),
      [null, 10_000, 15_000],
    )
  })

  it('has a short text that is a key or starts with a digit', () => {
    for (const code of ERROR_CODES) {
      assert.match(
        statusOf(snapshot({ state: failed(code) })).text,
        /^sls-kafka-in\.status\.[a-z-]+$/,
      )
    }
    const { text } = statusOf(snapshot({ rate: 99_999, delaySeconds: 86_400 }))
    assert.match(text, /^\d/)
    assert.ok(text.length < 20, text)
    const longJoin = snapshot({ state: JOINING, join: { seconds: 3_599, atMost: 3_600 } })
    assert.ok(statusOf(longJoin).text.length < 20)
  })

  it('writes durations compactly, in units that every language shares', () => {
    const seconds = [0, 45, 59, 60, 299, 3_600, 86_399, 86_400, 300_000]
    assert.deepEqual(seconds.map(compactDuration), [
      '0s',
      '45s',
      '59s',
      '1m',
      '4m',
      '1h',
      '23h',
      '1d',
      '3d',
    ])
  })

  it('writes numbers compactly', () => {
    const numbers = [0, 0.4, 7, 12.4, 999, 1234, 34_567]
    assert.deepEqual(numbers.map(compact), ['0', '0.4', '7', '12', '999', '1.2k', '35k'])
  })
})
