import assert from 'node:assert/strict'
import type { Broker, Commit } from '../broker'
import { recordsOf, type TopicRecord } from '../topic-records'
import { keyOf, type RecordKey } from './acked'
import { violationsIn, type Violation } from './check-commits'
import type { TestedFlow } from './flow'

export interface Totals {
  /** Records in the logstore. */
  readonly written: number
  /** Different records that the flows finished. */
  readonly finished: number
  /** Records sent once more than needed, by shard. */
  readonly repeated: ReadonlyMap<number, number>
  /** Commits of single shards. */
  readonly commits: number
  /** Of these, what `assertIntegrity` allows none of. */
  readonly violations: number
}

export interface Expectation {
  /** Default true: every record of the logstore has been finished. */
  readonly isComplete?: boolean
  /** Finished otherwise than by an ack: with the time, unix ms, e.g. when `onExhausted` is `skip`. */
  readonly finishedToo?: ReadonlyMap<RecordKey, number>
  /** Offset where the group started, by shard; default: the beginning. */
  readonly startedAt?: ReadonlyMap<number, string>
}

/** What can be said against the commits of a group, and what is missing. */
export interface Judgement {
  readonly records: readonly TopicRecord[]
  readonly finished: ReadonlyMap<RecordKey, number>
  readonly commits: readonly Commit[]
  readonly violations: readonly Violation[]
  /** Records that were never finished. */
  readonly lost: readonly TopicRecord[]
}

/** Compares the service's own record of commits with what the flows of one group acknowledged. */
export async function judge(
  broker: Broker,
  flows: readonly TestedFlow[],
  { finishedToo = new Map(), startedAt }: Omit<Expectation, 'isComplete'> = {},
): Promise<Judgement> {
  const { logstore = '', group = '' } = flows[0] ?? {}
  const records = await recordsOf(broker, logstore, await broker.endOffsets(logstore))
  const positions = records.map(({ partition, message }) => ({
    shard: partition,
    offset: message.offset,
  }))
  const finished = earliest([...flows.map((flow) => flow.finished), finishedToo])
  const commits = await broker.commits(group, logstore)
  return {
    records,
    finished,
    commits,
    violations: violationsIn({
      records: positions,
      finished,
      commits,
      ...(startedAt && { startedAt }),
    }),
    lost: records.filter((record) => !finished.has(recordKey(record))),
  }
}

/** Never a commit beyond an unacknowledged record, and in the end nothing lost. */
export async function assertIntegrity(
  broker: Broker,
  flows: readonly TestedFlow[],
  { isComplete = true, ...expectation }: Expectation = {},
): Promise<Totals> {
  const { group = '' } = flows[0] ?? {}
  const { records, finished, commits, violations, lost } = await judge(broker, flows, expectation)
  assert.deepEqual(violations, [], `commits of ${group}`)
  const lostOnes = lost.slice(0, 10).map(recordKey)
  if (isComplete) assert.equal(lost.length, 0, `lost by ${group}: ${lostOnes.join(', ')}`)
  return {
    written: records.length,
    finished: finished.size,
    repeated: repeatsOf(flows),
    commits: commits.length,
    violations: violations.length,
  }
}

export function recordKey({ partition, message }: TopicRecord): RecordKey {
  return keyOf(partition, message.offset)
}

/** How many records were sent more than once, and how often more, by shard. */
export function repeatsOf(flows: readonly TestedFlow[]): Map<number, number> {
  const times = new Map<RecordKey, number>()
  for (const [record, count] of flows.flatMap((flow) => [...flow.timesSent])) {
    times.set(record, (times.get(record) ?? 0) + count)
  }
  const repeated = new Map<number, number>()
  for (const [record, count] of times) {
    const shard = Number.parseInt(record, 10)
    if (count > 1) repeated.set(shard, (repeated.get(shard) ?? 0) + count - 1)
  }
  return repeated
}

/** The sum over all shards. */
export function total(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}

function earliest(maps: readonly ReadonlyMap<RecordKey, number>[]): Map<RecordKey, number> {
  const first = new Map<RecordKey, number>()
  for (const [record, time] of maps.flatMap((map) => [...map])) {
    first.set(record, Math.min(time, first.get(record) ?? Infinity))
  }
  return first
}
