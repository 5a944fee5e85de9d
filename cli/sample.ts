import type { FetchedRecord } from '../lib/kafka/source'
import { normaliseTimestamp } from '../lib/sls/timestamp'
import type { Facts, OffsetFacts, RecordShape } from './report'

/** Records of a shard that follow each other, as they were fetched. */
export interface ShardSample {
  readonly shard: number
  readonly records: readonly FetchedRecord[]
}

/** Offsets that SLS counts a log group with. */
const LOG_GROUP = 2n ** 17n
const LARGEST_EXACT = 2n ** 53n
/** Names that SLS gives to what it adds to a log. */
const OWN_FIELD = /^__\w+__(:|$)/

/** What SLS keeps in the fields of a log beside the log itself, by the name of the kind only. */
const kindOf = (field: string): string => field.replace(/:.*$/, ':…')

/** How the records look: counts only, never what they say. */
export function shapeOf(records: readonly FetchedRecord[]): RecordShape {
  const objects = records.map(({ value }) => objectIn(value)).filter((object) => object !== null)
  const fields = objects.flatMap((object) => Object.keys(object))
  return {
    records: records.length,
    withKey: records.filter(({ key }) => key !== null).length,
    withHeaders: records.filter(({ headers }) => headers?.length).length,
    objects: objects.length,
    nulls: records.filter(({ value }) => value === null).length,
    ownFields: [...new Set(fields.filter((field) => OWN_FIELD.test(field)).map(kindOf))].sort(),
    largest: records.reduce((most, { value }) => Math.max(most, value?.length ?? 0), 0),
  }
}

export function offsetsOf(samples: readonly ShardSample[]): OffsetFacts {
  const all = samples.flatMap(({ records }) => records.map(({ offset }) => BigInt(offset)))
  const gaps = samples.flatMap(gapsOf)
  const sizes = gaps.map(({ size }) => size)
  const highest = largest(all)
  return {
    records: all.length,
    lowest: String(all.reduce((one, other) => (other < one ? other : one), highest)),
    highest: String(highest),
    isAbove2to53: highest > LARGEST_EXACT,
    gaps: gaps.length,
    largestGap: String(largest(sizes)),
    gapsToLogGroups: gaps.filter(({ to }) => to % LOG_GROUP === 0n).length,
  }
}

/** @param now unix ms */
export function timestampsOf(newest: FetchedRecord, now: number): Facts['timestamps'] {
  const time = timeOf(newest)
  return {
    unit: time === newest.timestamp ? 'milliseconds' : 'seconds',
    newest: new Date(time).toISOString(),
    ageSeconds: Math.round((now - time) / 1000),
  }
}

/** Unix ms. */
export function timeOf(record: FetchedRecord): number {
  return normaliseTimestamp(record.timestamp)
}

/** A record to ask the offset of by its time, best one by which an exact answer can be told. */
export interface TimeQuestion {
  readonly shard: number
  /** Unix ms. */
  readonly time: number
  /** Offset of the first record of this time. */
  readonly expected: bigint
  /** Whether the record before it is of an earlier time and of the same log group. */
  readonly isTelling: boolean
}

export function timeQuestion(samples: readonly ShardSample[]): TimeQuestion | null {
  const questions = samples.flatMap(({ shard, records }) =>
    records.map((record, index) => {
      const before = records[index - 1]
      const expected = BigInt(record.offset)
      const isFollowing = before !== undefined && BigInt(before.offset) + 1n === expected
      const isTelling = isFollowing && timeOf(before) < timeOf(record)
      return { shard, time: timeOf(record), expected, isTelling }
    }),
  )
  return questions.findLast(({ isTelling }) => isTelling) ?? questions.at(0) ?? null
}

interface Gap {
  readonly size: bigint
  /** Offset behind it. */
  readonly to: bigint
}

function gapsOf({ records }: ShardSample): Gap[] {
  return records
    .map(({ offset }, index) => {
      const to = BigInt(offset)
      return { to, size: to - BigInt(records[index - 1]?.offset ?? to) }
    })
    .filter(({ size }) => size > 1n)
}

function largest(numbers: readonly bigint[]): bigint {
  return numbers.reduce((one, other) => (other > one ? other : one), 0n)
}

function objectIn(value: Buffer | null): object | null {
  if (value?.[0] !== '{'.charCodeAt(0)) return null
  try {
    return JSON.parse(value.toString()) as object
  } catch {
    return null
  }
}
