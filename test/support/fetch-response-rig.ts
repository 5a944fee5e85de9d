import assert from 'node:assert/strict'
import type { FetchedShardSet } from '../../lib/kafka/fetch/fetch-response'
import { FetchState } from '../../lib/kafka/fetch/fetch-state'
import {
  FetchResponseHandler,
  type FetchPositions,
} from '../../lib/kafka/fetch/fetch-response-handler'
import { ShardDirectory } from '../../lib/kafka/cluster/shard-directory'
import type { FetchedRecords } from '../../lib/kafka/log-source'
import { FakeCluster } from './fake-cluster'
import { record } from './fake-source'
import { lineOf } from './fetcher-events'
import { ManualClock } from './manual-clock'
import { NO_RECORDS, RecordList } from '../../lib/kafka/records/fetched-records'

const LOGSTORE = 'app-log'

/** Records with these offsets. */
function records(offsets: readonly bigint[]): FetchedRecords {
  return new RecordList(offsets.map((offset) => record(offset, null)))
}

/** What a response says of a shard without a new record. */
export function emptySet(shard: number): FetchedShardSet {
  return {
    logstore: LOGSTORE,
    shard,
    errorCode: 0,
    highWatermark: 0n,
    preferredReplica: null,
    records: NO_RECORDS,
    lastOffset: null,
    unreadable: null,
    isCutShort: false,
    codecs: new Set(),
    formats: new Set(),
  }
}

export function recordSet(shard: number, offsets: readonly bigint[]): FetchedShardSet {
  return { ...emptySet(shard), records: records(offsets), lastOffset: offsets.at(-1) ?? null }
}

export function refusedSet(shard: number, errorCode: number): FetchedShardSet {
  return { ...emptySet(shard), errorCode }
}

/** A reader of responses for the shards 0, 1 and 2, which are to be read from offset 100 on. */
export class FetchResponseRig {
  readonly clock = new ManualClock()
  readonly cluster = new FakeCluster(this.clock)
  readonly shards = new Map<number, FetchState>()
  /** What the reader told, a line each. */
  readonly seen: string[] = []
  staleCount = 0
  mayDeliver = true
  readonly reader: FetchResponseHandler
  readonly #directory: ShardDirectory

  private constructor() {
    const { clock, cluster, shards } = this
    const { signal } = new AbortController()
    this.#directory = new ShardDirectory(cluster.asCluster, LOGSTORE, clock, signal)
    this.reader = new FetchResponseHandler(shards, {
      logstore: LOGSTORE,
      cluster: cluster.asCluster,
      directory: this.#directory,
      clock,
      onEvent: (event) => this.seen.push(lineOf(event)),
      mayDeliver: () => this.mayDeliver,
      onLeadersStale: () => this.staleCount++,
    })
  }

  static async make(): Promise<FetchResponseRig> {
    const rig = new FetchResponseRig()
    const ids = [0, 1, 2]
    rig.cluster.leaders.set(LOGSTORE, new Map(ids.map((id) => [id, 1])))
    await rig.#directory.find()
    for (const id of ids) rig.assignAgain(id).moveTo(100n)
    return rig
  }

  /** The group assigns the shard once more; it has no position. */
  assignAgain(id: number): FetchState {
    const shard = new FetchState(id)
    this.shards.set(id, shard)
    return shard
  }

  shard(id: number): FetchState {
    const shard = this.shards.get(id)
    assert.ok(shard)
    return shard
  }

  /** What is asked for now. */
  asked(): FetchPositions {
    return new Map([...this.shards.values()].map((shard) => [shard, shard.position()]))
  }

  read(sets: readonly FetchedShardSet[], asked = this.asked()): boolean {
    return this.reader.handle({ throttleMs: 0, errorCode: 0, sessionId: 0, shards: sets }, asked)
  }

  /** What the reader told, without the answers. */
  get told(): string[] {
    return this.seen.filter((line) => line !== 'alive')
  }
}
