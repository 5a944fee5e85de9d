import assert from 'node:assert/strict'
import { EventLoopShare } from '../../lib/kafka/event-loop'
import type { FetchedRecord, FetchedRecords } from '../../lib/kafka/log-source'
import { readRecordSet, type RecordSet } from '../../lib/kafka/records/record-set'
import { ResponseBudget } from '../../lib/kafka/records/batch-budget'
import { Lender } from '../../lib/kafka/records/lent-bytes'

const RECORDS_AT = 61
const UNCOUNTED = 12
const AT = { length: 8, attributes: 21, lastOffsetDelta: 23, recordCount: 57 } as const

/** A record set whose records are all made. */
type ReadRecordSet = Omit<RecordSet, 'records'> & { readonly records: readonly FetchedRecord[] }

/**
 * What one shard has in a response that holds nothing else.
 *
 * @param from where it was asked from
 * @param onReleased called when nothing refers to the bytes any more
 */
export async function readSet(
  bytes: Buffer,
  from = 0n,
  budget = new ResponseBudget(),
  onReleased: () => void = () => undefined,
): Promise<RecordSet> {
  const lender = new Lender(onReleased)
  const set = await readRecordSet(bytes, { from, budget, share: new EventLoopShare(), lender })
  lender.complete()
  return set
}

/** Like `readSet`, with all records. Checks what the set says of them. */
export async function readRecords(
  bytes: Buffer,
  from = 0n,
  budget = new ResponseBudget(),
): Promise<ReadRecordSet> {
  const set = await readSet(bytes, from, budget)
  const { length, size } = set.records
  const records = set.records.takeAll()
  assert.deepEqual(
    [length, size],
    [records.length, records.reduce((sum, record) => sum + record.size, 0)],
  )
  return { ...set, records }
}

/** The next records, at most `count`, as the flow gets them. */
export function taken(
  records: Pick<FetchedRecords, 'take'>,
  count: number,
): { offset: string; value: string | null }[] {
  const values: { offset: string; value: string | null }[] = []
  records.take(count, ({ offset, value }) => {
    values.push({ offset, value: value?.toString() ?? null })
  })
  return values
}

export const texts = ({ records }: { readonly records: readonly FetchedRecord[] }): string[] =>
  records.map(({ value }) => value?.toString() ?? 'null')

/** A whole batch around records that are written already, compressed or not. */
export function batchAround(
  baseOffset: bigint,
  records: Buffer,
  options: {
    readonly codec?: number
    readonly count?: number
    readonly lastOffsetDelta?: number
  } = {},
): Buffer {
  const { codec = 0, count = 1, lastOffsetDelta = count - 1 } = options
  const header = Buffer.alloc(RECORDS_AT)
  header.writeBigInt64BE(baseOffset, 0)
  header.writeInt32BE(RECORDS_AT - UNCOUNTED + records.length, AT.length)
  header.writeInt8(2, 16)
  header.writeInt16BE(codec, AT.attributes)
  header.writeInt32BE(lastOffsetDelta, AT.lastOffsetDelta)
  header.writeInt32BE(count, AT.recordCount)
  return Buffer.concat([header, records])
}

export interface RecordParts {
  readonly delta?: number
  readonly key?: Buffer | null
  readonly value?: Buffer | null
  readonly headers?: readonly (readonly [string, Buffer | null])[]
}

/** A record with its length in front, as it stands in a batch. */
export function encodeRecord({
  delta = 0,
  key = null,
  value = null,
  headers = [],
}: RecordParts): Buffer {
  const body = Buffer.concat([
    Buffer.of(0, 0),
    varint(delta),
    sized(key),
    sized(value),
    varint(headers.length),
    ...headers.flatMap(([name, content]) => [sized(Buffer.from(name)), sized(content)]),
  ])
  return Buffer.concat([varint(body.length), body])
}

function sized(bytes: Buffer | null): Buffer {
  return bytes === null ? varint(-1) : Buffer.concat([varint(bytes.length), bytes])
}

/** Zigzag, 32 bits. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let left = ((value << 1) ^ (value >> 31)) >>> 0
  for (; left >= 0x80; left >>>= 7) bytes.push((left & 0x7f) | 0x80)
  return Buffer.from([...bytes, left])
}
