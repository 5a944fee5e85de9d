import assert from 'node:assert/strict'
import { encodeBatch, decodeRecordBatches } from '../../../../tools/emulator/protocol/record-batch'
import type { Log } from '../../../../tools/emulator/store/log'
import { LogstoreError } from '../../../../tools/emulator/store/logstore-error'
import { parseView, parseViewText } from '../../../../tools/emulator/store/parse-view'
import { Shard } from '../../../../tools/emulator/store/shard'
import {
  View,
  type FilteredAnswer,
  type ViewDefinition,
} from '../../../../tools/emulator/store/view'
import { SHARD_OPTIONS } from '../support/shard-options'

const FIRST = SHARD_OPTIONS.startIndex << 17n
const GROUP = 1n << 17n
const PLENTY = 1 << 24
const LAST_OFFSET_DELTA_AT = 23
const SNAPPY = 2

const ERRORS: ViewDefinition = {
  id: 3,
  where: { field: 'status', equals: '500' },
  filtered: 'empty-batch',
}

const log = (status: string, content: string): Log => ({
  time: 1_700_000_000_000,
  fields: [
    ['status', status],
    ['content', content],
  ],
})

/** Base offset, last offset delta, and the texts by offset delta, of each batch that a view serves. */
function served(shard: Shard, view: View, from = FIRST): unknown[] {
  return shard
    .read(from, PLENTY, true, (stored, isNewest) => view.serve(stored, isNewest))
    .map((batch) => [
      batch.readBigInt64BE(),
      batch.readInt32BE(LAST_OFFSET_DELTA_AT),
      ...decodeRecordBatches(batch)
        .flat()
        .map(({ offsetDelta, value }) => `${offsetDelta} ${String(value)}`),
    ])
}

describe('a view of a shard', () => {
  const passing = log('500', 'a')
  const other = log('200', 'b')
  const text = '{"status":"500","content":"a"}'

  /** One log group with a passing log, and one without on each side of it. */
  function shardOfThree(): Shard {
    const shard = new Shard(0, SHARD_OPTIONS)
    shard.append([other, other], 0)
    shard.append([other, passing, other], 0)
    shard.append([other], 0)
    return shard
  }

  const hit = [FIRST + GROUP, 2, `1 ${text}`]
  const answers: Record<FilteredAnswer, unknown[]> = {
    'empty-batch': [[FIRST, 1], hit, [FIRST + 2n * GROUP, 0]],
    gap: [hit, [FIRST + 2n * GROUP, 0]],
    'dropped-group': [hit],
  }
  for (const [filtered, expected] of Object.entries(answers)) {
    it(`keeps the offsets of passing logs, and answers the other groups as ${filtered}`, () => {
      const view = new View({ ...ERRORS, filtered: filtered as FilteredAnswer })
      assert.deepEqual(served(shardOfThree(), view), expected)
    })
  }

  it('gives a gap for a group as soon as a newer one follows', () => {
    const shard = new Shard(0, SHARD_OPTIONS)
    const view = new View({ ...ERRORS, filtered: 'gap' })
    shard.append([other], 0)
    assert.deepEqual(served(shard, view), [[FIRST, 0]])
    shard.append([passing], 0)
    assert.deepEqual(served(shard, view), [[FIRST + GROUP, 0, `0 ${text}`]])
  })

  it('serves nothing before the first log that is kept', () => {
    const shard = shardOfThree()
    shard.expire(1)
    assert.deepEqual(served(shard, new View(ERRORS)), [])
  })

  it('makes a new record of the fields that are kept, so that its shape can change', () => {
    const shard = new Shard(0, SHARD_OPTIONS)
    shard.append([passing], 0)
    const view = new View({ ...ERRORS, project: ['content'] })
    const [batch = Buffer.alloc(0)] = shard.read(FIRST, PLENTY, true, (stored) =>
      view.serve(stored, true),
    )
    const [record] = decodeRecordBatches(batch).flat()
    assert.deepEqual([record?.key?.toString(), record?.value?.toString()], ['content', 'a'])
    assert.equal(record?.timestamp, passing.time)
  })

  it('finds a log with one field by the name and the text of that field', () => {
    const shard = new Shard(0, SHARD_OPTIONS)
    shard.append([{ time: 1, fields: [['status', '500']] }], 0)
    assert.deepEqual(served(shard, new View(ERRORS)), [[FIRST, 0, '0 500']])
  })

  it('looks into compressed batches, and serves one that it cannot look into as it is', () => {
    const shard = new Shard(0, { ...SHARD_OPTIONS, compression: 'gzip' })
    shard.append([other, passing], 0)
    const payload = Buffer.from('of a codec that the emulator does not have')
    const times = { firstTimestamp: 0, maxTimestamp: 0 }
    const batch = encodeBatch(0n, {
      ...times,
      attributes: SNAPPY,
      count: 1,
      lastOffsetDelta: 0,
      payload,
    })
    shard.appendBatch(batch, 0)
    const view = new View(ERRORS)
    const [first, second] = shard.read(FIRST, PLENTY, true, (stored) => view.serve(stored, false))
    assert.equal(decodeRecordBatches(first ?? Buffer.alloc(0)).flat().length, 1)
    assert.deepEqual(second?.subarray(-payload.length), payload)
  })

  it('has its definition as a statement in SPL', () => {
    assert.equal(new View(ERRORS).query, "* | where status = '500'")
    const where = { field: 'who', equals: "it's me" }
    const view = new View({ ...ERRORS, where, project: ['content', 'level'] })
    assert.equal(view.query, "* | where who = 'it''s me' | project content, level")
  })
})

describe('the definition of a view', () => {
  const { id, where } = ERRORS

  it('is taken from JSON, with the answer of the command line unless it names one', () => {
    assert.deepEqual(parseView({ id, where }, 'gap'), { id, where, filtered: 'gap' })
    const whole = { id, where, project: ['content'], filtered: 'dropped-group' }
    assert.deepEqual(parseView(whole, 'gap'), whole)
  })

  it('is taken from a flag', () => {
    const { logstore, definition } = parseViewText('my-store.31:text=a=b:c', 'gap')
    const expected = { id: 31, where: { field: 'text', equals: 'a=b:c' }, filtered: 'gap' }
    assert.deepEqual([logstore, definition], ['my-store', expected])
  })

  const bad: readonly [what: string, description: Record<string, unknown>, says: RegExp][] = [
    ['an id above 31', { id: 32, where }, /"id" of a view is a whole number from 0 to 31/],
    ['a negative id', { id: -1, where }, /"id"/],
    ['an id that is a text', { id: '3', where }, /"id"/],
    ['no condition', { id }, /"where" of a view is \{"field": name, "equals": text\}/],
    ['a condition without a text', { id, where: { field: 'status' } }, /"where"/],
    ['a condition on a number', { id, where: { field: 'status', equals: 500 } }, /"where"/],
    ['a condition with more', { id, where: { ...where, not: true } }, /"where"/],
    ['a field without a name', { id, where: { field: '', equals: '' } }, /"where"/],
    ['an empty list of fields', { id, where, project: [] }, /"project"/],
    ['a list with a number', { id, where, project: [1] }, /"project"/],
    [
      'an answer that it does not have',
      { id, where, filtered: 'never' },
      /empty-batch, gap, dropped/,
    ],
    ['a property that it does not have', { id, where, limit: 1 }, /a view has no "limit"/],
  ]
  for (const [what, description, says] of bad) {
    it(`is refused with ${what}`, () => {
      assert.throws(
        () => parseView(description, 'gap'),
        (error) => error instanceof LogstoreError && says.test(error.message),
      )
    })
  }

  for (const text of ['', 'my-store', 'my-store.3', 'my-store:a=b', 'my-store.x:a=b', 'my.3:a']) {
    it(`is refused as the flag "${text}"`, () => {
      assert.throws(() => parseViewText(text, 'gap'), /a view is written as/)
    })
  }
})
