import { reportOutcome } from '../../../lib/delivery/ack-registry'
import type { RecordMessage } from '../../../lib/delivery/message'
import { parseToken } from '../../../lib/delivery/token'
import type { Commit } from '../../../tools/shared/broker'

/** One record in so many is acknowledged late, so that later ones are done before it. */
const LATE_ONE_IN = 10
const LATE_MS = 400

/** Stands for a flow that acknowledges every record, some of them late and out of order. */
export class AckingFlow {
  /** When an offset was first acknowledged, unix ms; by shard. */
  readonly #ackedAt = new Map<number, Map<string, number>>()
  #received = 0
  #repeated = 0

  /** Records that came again after they were acknowledged. */
  get repeated(): number {
    return this.#repeated
  }

  receive({ partition, offset, kafka }: RecordMessage): void {
    if (this.#ofShard(partition).has(offset)) this.#repeated++
    const acknowledge = (): void => {
      const token = parseToken(kafka.token ?? '')
      if (!token) throw new Error(`record ${partition}/${offset} has no token`)
      const acked = this.#ofShard(partition)
      if (!acked.has(offset)) acked.set(offset, Date.now())
      reportOutcome([token], { kind: 'ack', parts: null })
    }
    if (++this.#received % LATE_ONE_IN === 0) setTimeout(acknowledge, LATE_MS)
    else setImmediate(acknowledge)
  }

  /** Offsets below the end of a shard that were never acknowledged. */
  missing(shard: number, end: string): string[] {
    const acked = this.#ofShard(shard)
    const missing: string[] = []
    for (let offset = 0n; offset < BigInt(end); offset++) {
      if (!acked.has(String(offset))) missing.push(String(offset))
    }
    return missing
  }

  /** Commits beyond a record that was not acknowledged yet when the broker took the commit. */
  tooSoon(commits: readonly Commit[]): Commit[] {
    const latest = new Map<number, number[]>()
    return commits.filter(({ shard, offset, time }) => {
      const times = latest.get(shard) ?? this.#latestAcks(shard)
      latest.set(shard, times)
      const count = Number(offset)
      return count > 0 && !((times[count - 1] ?? Infinity) <= time)
    })
  }

  /** For each offset, when it and all before it were acknowledged; ends before the first that is not. */
  #latestAcks(shard: number): number[] {
    const acked = this.#ofShard(shard)
    const times: number[] = []
    for (let offset = 0, latest = 0; ; offset++) {
      const time = acked.get(String(offset))
      if (time === undefined) return times
      latest = Math.max(latest, time)
      times.push(latest)
    }
  }

  #ofShard(shard: number): Map<string, number> {
    const known = this.#ackedAt.get(shard)
    if (known) return known
    const times = new Map<string, number>()
    this.#ackedAt.set(shard, times)
    return times
  }
}
