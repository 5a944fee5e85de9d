import assert from 'node:assert/strict'
import { CONSUMER_DEFAULTS } from '../../../lib/config/consumer-defaults'
import { compileConsumerOptions, type ConsumerSettings } from '../../../lib/config/consumer-options'
import { PROJECT } from '../../../tools/shared/consumer-options'

const SETTINGS = { logstore: 'nginx-access', group: 'node-red' }

function problemsOf(changes: ConsumerSettings): string[] {
  const compiled = compileConsumerOptions({ ...SETTINGS, ...changes }, PROJECT)
  return 'problems' in compiled
    ? compiled.problems.map(({ field, reason }) => `${field}: ${reason}`)
    : []
}

describe('config/consumer-options', () => {
  it('fills in the defaults that Alibaba publishes', () => {
    assert.deepEqual(compileConsumerOptions(SETTINGS, PROJECT), {
      options: {
        project: PROJECT,
        logstore: 'nginx-access',
        group: 'node-red',
        startFrom: 'latest',
        format: 'auto',
        batch: null,
        ack: null,
        maxRate: null,
        commitIntervalMs: 5_000,
        sessionTimeoutMs: 120_000,
        rebalanceTimeoutMs: 130_000,
        maxBytesPerShard: 1_048_576,
        maxInFlightBytes: 16_777_216,
        autoStart: true,
      },
    })
    assert.equal(CONSUMER_DEFAULTS.sessionTimeout, 120_000)
  })

  it('accepts numbers as text, as Node-RED passes them', () => {
    const compiled = compileConsumerOptions({ ...SETTINGS, maxRate: '50' }, PROJECT)
    assert.equal('options' in compiled && compiled.options.maxRate, 50)
  })

  it('accepts a start time, and counts a span back only at the start', () => {
    const compile = (startTime: string): unknown => {
      const settings = { ...SETTINGS, startFrom: 'time', startTime }
      const compiled = compileConsumerOptions(settings, PROJECT)
      return 'options' in compiled ? compiled.options.startFrom : compiled
    }
    const at = Date.UTC(2024, 10, 22, 2)
    assert.deepEqual(compile('2024-11-22T10:00:00+08:00'), { time: { at } })
    assert.deepEqual(compile('-1h'), { time: { ago: 3_600_000 } })
  })

  it('ignores an invalid start time that is not used', () => {
    assert.deepEqual(problemsOf({ startFrom: 'latest', startTime: 'noon' }), [])
    assert.deepEqual(problemsOf({ startTime: 'noon' }), [])
  })

  it('suggests the zone of this machine for a start time without zone', () => {
    const settings = { ...SETTINGS, startFrom: 'time', startTime: '2024-11-22T10:00:00' }
    const compiled = compileConsumerOptions(settings, PROJECT)
    const [problem] = 'problems' in compiled ? compiled.problems : []
    const right = String(problem?.params?.['right'])
    assert.equal(new Date(right).getTime(), new Date(2024, 10, 22, 10).getTime())
  })

  it('puts records into batches of 100 that wait a second, by default', () => {
    const compile = (changes: ConsumerSettings): unknown => {
      const compiled = compileConsumerOptions({ ...SETTINGS, emit: 'batch', ...changes }, PROJECT)
      return 'options' in compiled ? compiled.options.batch : compiled
    }
    assert.deepEqual(compile({}), { size: 100, waitMs: 1000 })
    assert.deepEqual(compile({ batchSize: '7', batchWait: '0' }), { size: 7, waitMs: 0 })
  })

  it('has 100 records in flight, unlimited attempts and no ack timeout, by default', () => {
    const compile = (changes: ConsumerSettings): unknown => {
      const compiled = compileConsumerOptions({ ...SETTINGS, commit: 'onAck', ...changes }, PROJECT)
      return 'options' in compiled ? compiled.options.ack : compiled
    }
    assert.deepEqual(compile({}), {
      maxInFlight: 100,
      maxAttempts: 0,
      retryDelayMs: 1_000,
      onExhausted: 'stop',
      timeoutMs: null,
    })
    assert.deepEqual(
      compile({
        maxInFlight: '1',
        maxAttempts: '5',
        retryDelay: '200',
        onExhausted: 'output',
        ackTimeout: '30',
      }),
      {
        maxInFlight: 1,
        maxAttempts: 5,
        retryDelayMs: 200,
        onExhausted: 'output',
        timeoutMs: 30_000,
      },
    )
  })

  it('has no maximum rate with commit onAck', () => {
    const compiled = compileConsumerOptions(
      { ...SETTINGS, commit: 'onAck', maxRate: '50' },
      PROJECT,
    )
    assert.equal('options' in compiled && compiled.options.maxRate, null)
  })

  describe('a batch that is acknowledged as one', () => {
    const ON_ACK = { emit: 'batch', commit: 'onAck' }

    it('is no larger than Max in flight by default', () => {
      const compiled = compileConsumerOptions({ ...SETTINGS, ...ON_ACK, maxInFlight: '7' }, PROJECT)
      assert.deepEqual('options' in compiled && compiled.options.batch, { size: 7, waitMs: 1000 })
      assert.deepEqual(problemsOf({ ...ON_ACK, batchSize: '100' }), [])
    })

    it('is refused if it is larger than Max in flight', () => {
      const changes = { ...SETTINGS, ...ON_ACK, batchSize: '8', maxInFlight: '7' }
      assert.deepEqual(compileConsumerOptions(changes, PROJECT), {
        problems: [
          { field: 'batchSize', reason: 'batch-over-in-flight', params: { value: '8', max: 7 } },
        ],
      })
    })

    it('can have any valid size while Max in flight is empty', () => {
      for (const maxInFlight of [undefined, null, '', ' ']) {
        assert.deepEqual(problemsOf({ ...ON_ACK, batchSize: '10000', maxInFlight }), [])
      }
      assert.deepEqual(problemsOf({ ...ON_ACK, batchSize: '10001' }), ['batchSize: number'])
    })

    it('leaves room for nine more in flight, up to 10,000 records', () => {
      const inFlight = (changes: ConsumerSettings): unknown => {
        const compiled = compileConsumerOptions({ ...SETTINGS, ...ON_ACK, ...changes }, PROJECT)
        return 'options' in compiled ? compiled.options.ack?.maxInFlight : compiled
      }
      assert.equal(inFlight({}), 1_000)
      assert.equal(inFlight({ batchSize: '5' }), 100)
      assert.equal(inFlight({ batchSize: '250' }), 2_500)
      assert.equal(inFlight({ batchSize: '10000' }), 10_000)
      assert.equal(inFlight({ batchSize: '250', maxInFlight: '300' }), 300)
      assert.equal(inFlight({ batchSize: '250', emit: 'record' }), 100)
    })

    it('is not checked with emit record or commit onSend', () => {
      const sizes = { batchSize: '8', maxInFlight: '7' }
      assert.deepEqual(problemsOf({ commit: 'onAck', ...sizes }), [])
      assert.deepEqual(problemsOf({ emit: 'batch', ...sizes }), [])
    })

    it('is not reported if Max in flight is invalid itself', () => {
      const changes = { ...ON_ACK, batchSize: '8', maxInFlight: 'few' }
      assert.deepEqual(problemsOf(changes), ['maxInFlight: number'])
    })
  })

  const cases: readonly [string, ConsumerSettings, string][] = [
    ['a missing logstore', { logstore: '' }, 'logstore: missing'],
    ['an impossible logstore', { logstore: 'Nginx Access' }, 'logstore: logstore-name'],
    ['a missing group', { group: ' ' }, 'group: missing'],
    ['an unknown format', { format: 'xml' }, 'format: choice'],
    ['an unknown start', { startFrom: 'middle' }, 'startFrom: choice'],
    ['a missing start time', { startFrom: 'time' }, 'startTime: missing'],
    ['a start at noon', { startFrom: 'time', startTime: 'noon' }, 'startTime: time'],
    [
      'a start without zone',
      { startFrom: 'time', startTime: '2024-11-22 10:00' },
      'startTime: time-without-zone',
    ],
    [
      'a start on a day that does not exist',
      { startFrom: 'time', startTime: '2024-02-30T10:00Z' },
      'startTime: time-impossible',
    ],
    [
      'a start in the future',
      { startFrom: 'time', startTime: '2999-01-01T00:00Z' },
      'startTime: time-future',
    ],
    ['a way to emit that does not exist', { emit: 'stream' }, 'emit: choice'],
    ['a way to commit that does not exist', { commit: 'never' }, 'commit: choice'],
    ['an unknown treatment of exhausted records', { onExhausted: 'retry' }, 'onExhausted: choice'],
    ['a Max in flight of zero', { maxInFlight: '0' }, 'maxInFlight: number'],
    ['attempts that are no number', { maxAttempts: 'many' }, 'maxAttempts: number'],
    ['a retry delay out of range', { retryDelay: '99' }, 'retryDelay: number'],
    ['an ack timeout out of range', { ackTimeout: '86401' }, 'ackTimeout: number'],
    ['a rate of zero', { maxRate: '0' }, 'maxRate: number'],
    ['a rate that is no number', { maxRate: 'fast' }, 'maxRate: number'],
    ['a commit interval out of range', { commitInterval: '1' }, 'commitInterval: number'],
    ['an unset variable', { group: '${SLS_GROUP}' }, 'group: variable-not-set'],
    ['a variable in a longer text', { group: 'nr-${HOST}' }, 'group: variable-in-text'],
    ['two variables in one text', { logstore: '${ENV}${NAME}' }, 'logstore: variable-in-text'],
    [
      'a variable with white space around it',
      { logstore: ' ${LOG}' },
      'logstore: variable-in-text',
    ],
    ['an unset variable for the start', { autoStart: '${START}' }, 'autoStart: variable-not-set'],
    ['a start that is neither yes nor no', { autoStart: 'maybe' }, 'autoStart: choice'],
    ['a start of two', { autoStart: 2 }, 'autoStart: choice'],
    ['a start that is an object', { autoStart: {} }, 'autoStart: not-text'],
  ]
  for (const [what, changes, problem] of cases) {
    it(`reports ${what}`, () => {
      assert.deepEqual(problemsOf(changes), [problem])
    })
  }

  const written: readonly [string, unknown, string][] = [
    ['commit', true, 'true'],
    ['commit', ['onAck'], '["onAck"]'],
    ['commit', { mode: 'onAck' }, '{"mode":"onAck"}'],
    ['maxInFlight', {}, '{}'],
    ['commitInterval', [300], '[300]'],
    ['format', ['json'], '["json"]'],
    ['startFrom', true, 'true'],
    ['startTime', false, 'false'],
    ['logstore', { a: 'x'.repeat(1000) }, `{"a":"${'x'.repeat(74)}…`],
  ]
  for (const [field, value, text] of written) {
    it(`refuses ${JSON.stringify(value).slice(0, 40)} as ${field}, and names both`, () => {
      assert.deepEqual(compileConsumerOptions({ ...SETTINGS, [field]: value }, PROJECT), {
        problems: [{ field, reason: 'not-text', params: { value: text } }],
      })
    })
  }

  it('treats null, undefined and empty text as absent', () => {
    const expected = compileConsumerOptions(SETTINGS, PROJECT)
    for (const absent of [null, undefined, '', ' ']) {
      const fields = ['commit', 'maxInFlight', 'format', 'startFrom', 'startTime', 'autoStart']
      const changes = Object.fromEntries(fields.map((field) => [field, absent]))
      assert.deepEqual(compileConsumerOptions({ ...SETTINGS, ...changes }, PROJECT), expected)
    }
  })

  it('starts when deployed unless the setting is no, also as the text of a variable', () => {
    const starts = (autoStart: unknown): unknown => {
      const compiled = compileConsumerOptions({ ...SETTINGS, autoStart }, PROJECT)
      return 'options' in compiled ? compiled.options.autoStart : compiled
    }
    for (const no of [false, 'false', ' false\n', 0, '0']) assert.equal(starts(no), false)
    for (const yes of [true, 'true', 1, '1', undefined, null, '']) assert.equal(starts(yes), true)
  })
})
