import type { Commit } from '../broker'
import { keyOf, type RecordKey } from './acked'

export interface Position {
  readonly shard: number
  readonly offset: string
}

export interface Evidence {
  /** All records of the logstore, as the service has them. */
  readonly records: readonly Position[]
  /** When the flow had finished with a record, unix ms, before the node could know. */
  readonly finished: ReadonlyMap<RecordKey, number>
  /** The service's own record of what the group committed, oldest first. */
  readonly commits: readonly Commit[]
  /** Offset where the group started, by shard: what lies before it was not to be read. */
  readonly startedAt?: ReadonlyMap<number, string>
}

export interface Violation {
  readonly kind:
    /** Covers a record that the flow never finished. */
    | 'unfinished'
    /** Covers a record that the flow finished only later. */
    | 'too-soon'
    /** Lies behind the last record: what comes next would be skipped. */
    | 'past-the-end'
    /** Takes an earlier commit back: what was done is done again. */
    | 'backwards'
  readonly commit: Commit
  /** The offset that the commit should not have passed. */
  readonly offset: string
  /** Milliseconds from the commit until the record was finished. */
  readonly lateBy?: number
}

/** Every commit that was made before each record in front of it was finished. */
export function violationsIn(evidence: Evidence): Violation[] {
  const shards = new Set(evidence.commits.map(({ shard }) => shard))
  return [...shards].flatMap((shard) => violationsOfShard(shard, evidence))
}

function violationsOfShard(shard: number, evidence: Evidence): Violation[] {
  const { records, finished, startedAt } = evidence
  const start = BigInt(startedAt?.get(shard) ?? 0)
  const offsets = records
    .filter((record) => record.shard === shard)
    .map(({ offset }) => BigInt(offset))
    .filter((offset) => offset >= start)
    .sort((a, b) => (a < b ? -1 : 1))
  const end = (offsets.at(-1) ?? start - 1n) + 1n
  const finishedAt = offsets.map((offset) => finished.get(keyOf(shard, String(offset))))

  const violations: Violation[] = []
  let highest = 0n
  for (const commit of evidence.commits) {
    if (commit.shard !== shard) continue
    const committed = BigInt(commit.offset)
    if (committed < highest) {
      violations.push({ kind: 'backwards', commit, offset: String(highest) })
    }
    if (committed > highest) highest = committed
    if (committed > end) violations.push({ kind: 'past-the-end', commit, offset: String(end) })

    const index = finishedAt.findIndex((time) => (time ?? Infinity) > commit.time)
    const tooSoon = offsets[index]
    if (tooSoon === undefined || tooSoon >= committed) continue
    const time = finishedAt[index]
    violations.push(
      time === undefined
        ? { kind: 'unfinished', commit, offset: String(tooSoon) }
        : { kind: 'too-soon', commit, offset: String(tooSoon), lateBy: time - commit.time },
    )
  }
  return violations
}
