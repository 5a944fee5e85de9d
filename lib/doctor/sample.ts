import type { Bytes, FetchedRecord } from '../kafka/log-source'
import { normaliseTimestamp } from '../sls/timestamp'
import type { Facts, OffsetFacts, RecordShape } from './report'

/** Consecutive records of a shard, as they were fetched. */
export interface ShardSample {
  readonly shard: number
  readonly records: readonly FetchedRecord[]
}

/** Number of offsets that SLS reserves for each log group. */
const LOG_GROUP_OFFSETS = 2n ** 17n
const MAX_EXACT_NUMBER = 2n ** 53n
/** Names of the fields that SLS adds to a log. */
const OWN_FIELD = /^__\w+__(:|$)/

/** The kind of an SLS field: `__tag__:__path__` becomes `__tag__:…`. */
const kindOf = (field: string): string => field.replace(/:.*$/, ':…')

/** Counts properties of records. The result contains no content of logs. */
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

/** Describes the offsets of the samples. */
export function offsetsOf(samples: readonly ShardSample[]): OffsetFacts {
  const all = samples.flatMap(({ records }) => records.map(({ offset }) => BigInt(offset)))
  const gaps = samples.flatMap(gapsOf)
  const sizes = gaps.map(({ size }) => size)
  const highest = largest(all)
  return {
    records: all.length,
    lowest: String(all.reduce((one, other) => (other < one ? other : one), highest)),
    highest: String(highest),
    isAbove2to53: highest > MAX_EXACT_NUMBER,
    gaps: gaps.length,
    largestGap: String(largest(sizes)),
    gapsToLogGroups: gaps.filter(({ to }) => to % LOG_GROUP_OFFSETS === 0n).length,
  }
}

/** Describes the timestamp of the newest record. @param now milliseconds since 1970 */
export function timestampsOf(newest: FetchedRecord, now: number): Facts['timestamps'] {
  const time = timeOf(newest)
  return {
    unit: time === newest.timestamp ? 'milliseconds' : 'seconds',
    newest: new Date(time).toISOString(),
    ageSeconds: Math.round((now - time) / 1000),
  }
}

/** The time of a record, milliseconds since 1970. */
export function timeOf(record: FetchedRecord): number {
  return normaliseTimestamp(record.timestamp)
}

/** A lookup of an offset by time, with the expected offset. */
export interface TimeQuery {
  readonly shard: number
  /** The time to look up, milliseconds since 1970. */
  readonly time: number
  /** Offset of the sampled record with this time. */
  readonly expected: bigint
  /** Whether the record before is older and has the offset before: then the expected offset is the only exact one. */
  readonly isConclusive: boolean
}

/** Chooses a record to look up by time: the last conclusive one, else the first record, else null. */
export function timeQueryFor(samples: readonly ShardSample[]): TimeQuery | null {
  const queries = samples.flatMap(({ shard, records }) =>
    records.map((record, index) => {
      const before = records[index - 1]
      const expected = BigInt(record.offset)
      const isConsecutive = before !== undefined && BigInt(before.offset) + 1n === expected
      const isConclusive = isConsecutive && timeOf(before) < timeOf(record)
      return { shard, time: timeOf(record), expected, isConclusive }
    }),
  )
  return queries.findLast(({ isConclusive }) => isConclusive) ?? queries.at(0) ?? null
}

interface Gap {
  readonly size: bigint
  /** Offset of the record after the gap. */
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

function objectIn(value: Bytes | null): object | null {
  const text = value?.toString() ?? ''
  if (!text.startsWith('{')) return null
  try {
    return JSON.parse(text) as object
  } catch {
    return null
  }
}
