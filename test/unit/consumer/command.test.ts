import assert from 'node:assert/strict'
import { ACTIONS, parseCommand, type CommandFields } from '../../../lib/consumer/command'
import type { HereAndNow } from '../../../lib/options/time'

const NOW = Date.UTC(2026, 10, 22, 12)
const CHINA: HereAndNow = { now: NOW, zoneOffset: () => 480 }

function parsed(fields: CommandFields): unknown {
  return parseCommand(fields, CHINA)
}

function problem(fields: CommandFields): string {
  const command = parseCommand(fields, CHINA)
  assert.ok('reason' in command, JSON.stringify(fields))
  return `${command.field} ${command.reason}`
}

describe('consumer/command', () => {
  it('takes every action, of all shards unless some are named', () => {
    for (const action of ACTIONS) {
      if (action === 'seek') continue
      const expected = action === 'status' ? { action } : { action, shards: null }
      assert.deepEqual(parsed({ action, partition: undefined }), expected)
    }
  })

  it('takes a shard as a number or as text, and a list of them', () => {
    for (const partition of [2, '2', ' 2 ', [2], ['2', 2]]) {
      assert.deepEqual(parsed({ action: 'pause', partition }), { action: 'pause', shards: [2] })
    }
    assert.deepEqual(parsed({ action: 'skip', partition: [0, 3] }), {
      action: 'skip',
      shards: [0, 3],
    })
  })

  it('takes offsets beyond 2^53 as text, exactly', () => {
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
  ]
  for (const [fields, target] of targets) {
    it(`goes to ${JSON.stringify(fields)}`, () => {
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
  ]
  for (const [fields, expected] of problems) {
    it(`refuses ${JSON.stringify(fields)}: ${expected}`, () => {
      assert.equal(problem(fields), expected)
    })
  }

  it('says what to write instead of a time without its zone', () => {
    const command = parseCommand({ action: 'seek', timestamp: '2026-11-22 10:00' }, CHINA)
    assert.ok('reason' in command)
    assert.equal(command.params?.['right'], '2026-11-22 10:00+08:00')
  })
})
