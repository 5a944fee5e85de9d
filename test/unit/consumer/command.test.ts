import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import { COMMAND_ACTIONS } from '../../../lib/consumer/command-actions'
import { commandFieldsOf, parseCommand, type CommandFields } from '../../../lib/consumer/command'
import type { HereAndNow } from '../../../lib/config/time'

const NOW = Date.UTC(2026, 10, 22, 12)
const CHINA: HereAndNow = { now: NOW, zoneOffset: () => 480 }

function parsed(fields: CommandFields): unknown {
  return parseCommand(fields, CHINA)
}

function problem(fields: CommandFields): string {
  const command = parseCommand(fields, CHINA)
  assert.ok('reason' in command, inspect(fields))
  return `${command.field} ${command.reason}`
}

function thrower(): never {
  throw new Error('not to be read')
}

function circularList(): unknown[] {
  const list: unknown[] = [0]
  list.push(list)
  return list
}

describe('consumer/command', () => {
  it('accepts every action, for all shards unless some are named', () => {
    for (const action of COMMAND_ACTIONS) {
      if (action === 'seek') continue
      const expected = action === 'status' ? { action } : { action, shards: null }
      assert.deepEqual(parsed({ action, partition: undefined }), expected)
    }
  })

  it('accepts a shard as a number or as text, and a list of shards', () => {
    for (const partition of [2, '2', ' 2 ', [2], ['2', 2]]) {
      assert.deepEqual(parsed({ action: 'pause', partition }), { action: 'pause', shards: [2] })
    }
    assert.deepEqual(parsed({ action: 'skip', partition: [0, 3] }), {
      action: 'skip',
      shards: [0, 3],
    })
  })

  it('accepts offsets beyond 2^53 as text, exactly', () => {
    assert.deepEqual(parsed({ action: 'seek', offset: '9007199254740993' }), {
      action: 'seek',
      shards: null,
      target: { offset: 9_007_199_254_740_993n },
    })
  })

  const targets: readonly [Partial<CommandFields>, unknown][] = [
    [{ offset: 0 }, { offset: 0n }],
    [{ offset: '42' }, { offset: 42n }],
    [{ offset: 'earliest' }, { edge: 'earliest' }],
    [{ offset: 'latest' }, { edge: 'latest' }],
    [{ timestamp: '2026-11-22T10:00:00+08:00' }, { time: Date.UTC(2026, 10, 22, 2) }],
    [{ timestamp: '-1h' }, { time: NOW - 3_600_000 }],
    [{ timestamp: NOW - 1 }, { time: NOW - 1 }],
    [{ timestamp: String(NOW - 1) }, { time: NOW - 1 }],
    [{ offset: '', timestamp: '-1d' }, { time: NOW - 86_400_000 }],
    [{ offset: 9_007_199_254_740_993n }, { offset: 9_007_199_254_740_993n }],
    [{ timestamp: new Date(NOW - 5) }, { time: NOW - 5 }],
    [{ timestamp: new Date(NOW - 5).toISOString() }, { time: NOW - 5 }],
    // A Function node makes its dates in a context of its own.
    [{ timestamp: runInNewContext(`new Date(${NOW - 5})`) as Date }, { time: NOW - 5 }],
  ]
  for (const [fields, target] of targets) {
    it(`seeks to ${inspect(fields)}`, () => {
      assert.deepEqual(parsed({ action: 'seek', ...fields }), {
        action: 'seek',
        shards: null,
        target,
      })
    })
  }

  const problems: readonly [CommandFields, string][] = [
    [{ action: 'commit' }, 'msg-action choice'],
    [{ action: undefined }, 'msg-action choice'],
    [{ action: { name: 'pause' } }, 'msg-action choice'],
    [{ action: 'pause', partition: -1 }, 'msg-partition shard'],
    [{ action: 'pause', partition: 1.5 }, 'msg-partition shard'],
    [{ action: 'pause', partition: 'all' }, 'msg-partition shard'],
    [{ action: 'pause', partition: [] }, 'msg-partition shard'],
    [{ action: 'pause', partition: [0, null] }, 'msg-partition shard'],
    [{ action: 'stop', partition: 0 }, 'msg-partition whole-node'],
    [{ action: 'seek' }, 'msg-offset no-position'],
    [{ action: 'seek', offset: null, timestamp: '' }, 'msg-offset no-position'],
    [{ action: 'seek', offset: '1', timestamp: '-1h' }, 'msg-offset two-positions'],
    [{ action: 'seek', offset: '-1' }, 'msg-offset offset'],
    [{ action: 'seek', offset: -1 }, 'msg-offset offset'],
    [{ action: 'seek', offset: 1.5 }, 'msg-offset offset'],
    [{ action: 'seek', offset: 2 ** 53 }, 'msg-offset offset'],
    [{ action: 'seek', offset: '0x10' }, 'msg-offset offset'],
    [{ action: 'seek', offset: true }, 'msg-offset offset'],
    [{ action: 'seek', timestamp: '2026-11-22T10:00:00' }, 'msg-timestamp time-without-zone'],
    [{ action: 'seek', timestamp: 'yesterday' }, 'msg-timestamp time'],
    [{ action: 'seek', timestamp: -1 }, 'msg-timestamp time'],
    [{ action: 'seek', timestamp: NOW + 1 }, 'msg-timestamp time-future'],
    [{ action: 'seek', timestamp: NOW / 1000 }, 'msg-timestamp time-seconds'],
    [{ action: 'seek', timestamp: {} }, 'msg-timestamp time'],
    [{ action: 'seek', timestamp: new Date(NaN) }, 'msg-timestamp time'],
    [{ action: 'seek', timestamp: new Date(NOW + 1) }, 'msg-timestamp time-future'],
    [{ action: 'seek', timestamp: Buffer.from('-1h') }, 'msg-timestamp time'],
    [{ action: 'seek', timestamp: true }, 'msg-timestamp time'],
    [{ action: 'seek', timestamp: 10n }, 'msg-timestamp time'],
    [{ action: 'seek', offset: -1n }, 'msg-offset offset'],
    [{ action: 'pause', partition: [[0]] }, 'msg-partition shard'],
  ]

  /** Values that a Function node can put into a message, and that cannot be converted to text as usual. */
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  const nasty: readonly [string, unknown][] = [
    ['a BigInt', 10n],
    ['a list with a BigInt', [0, 10n]],
    ['a symbol', Symbol('shard')],
    ['a circular object', circular],
    ['a list that holds itself', circularList()],
    ['an object whose toString throws', { toString: thrower, toJSON: thrower }],
    ['an object without a prototype', Object.create(null)],
    ['a function', thrower],
  ]
  for (const [what, value] of nasty) {
    it(`refuses ${what} as action, shard, offset and time without an exception`, () => {
      assert.equal(problem({ action: value }), 'msg-action choice')
      assert.equal(problem({ action: 'pause', partition: value }), 'msg-partition shard')
      assert.equal(problem({ action: 'seek', timestamp: value }), 'msg-timestamp time')
      if (typeof value !== 'bigint') {
        assert.equal(problem({ action: 'seek', offset: value }), 'msg-offset offset')
      }
    })
  }

  const shownAs: readonly [unknown, string][] = [
    [new Date(NaN), 'Invalid Date'],
    [new Date(NOW + 1), new Date(NOW + 1).toISOString()],
    [Buffer.from('-1h'), 'Buffer(3)'],
    [true, 'true'],
    [10n, '10n'],
    [{ a: 1 }, '{"a":1}'],
    [circular, 'object'],
    ['x'.repeat(1000), `${'x'.repeat(80)}…`],
  ]
  for (const [timestamp, text] of shownAs) {
    it(`shows ${inspect(timestamp).slice(0, 40)} as ${text.slice(0, 40)}`, () => {
      const command = parseCommand({ action: 'seek', timestamp }, CHINA)
      assert.ok('reason' in command)
      assert.equal(command.params?.['value'], text)
    })
  }

  describe('from a message of an sls in node', () => {
    const kafka = { project: 'shop-prod', group: 'node-red', attempt: 1 }
    const record = { payload: 'x', partition: 2, offset: '42', timestamp: NOW - 5, kafka }
    const seek = (message: object): unknown => parsed(commandFieldsOf(message, 'seek'))

    it('seeks to the offset of the record in its shard, although the message has a time', () => {
      assert.deepEqual(seek(record), { action: 'seek', shards: [2], target: { offset: 42n } })
    })

    it('seeks to the time of the record if the offset was removed', () => {
      const target = { time: NOW - 5 }
      assert.deepEqual(seek({ ...record, offset: undefined }), {
        action: 'seek',
        shards: [2],
        target,
      })
    })

    it('refuses two positions if the flow set the time, or the message is another one', () => {
      for (const message of [
        { ...record, timestamp: '-1h' },
        { ...record, timestamp: new Date(NOW - 5) },
        { ...record, kafka: undefined },
        { ...record, kafka: { topic: 'of another package' } },
      ]) {
        const found = seek(message) as { reason?: string }
        assert.equal(found.reason, 'two-positions')
      }
    })
  })
  for (const [fields, expected] of problems) {
    it(`refuses ${inspect(fields)}: ${expected}`, () => {
      assert.equal(problem(fields), expected)
    })
  }

  it('suggests a zone for a time without one', () => {
    const command = parseCommand({ action: 'seek', timestamp: '2026-11-22 10:00' }, CHINA)
    assert.ok('reason' in command)
    assert.equal(command.params?.['right'], '2026-11-22 10:00+08:00')
  })
})
