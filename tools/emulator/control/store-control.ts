import type { Compression } from '../protocol/compression'
import type { ControlClient } from './client'
import type { ViewDefinition } from '../store/view'
import type { TrafficReport } from '../traffic'
import type { CommitState, EmulatorState } from './state'

/** A string becomes a log with the one field `content`. */
export type LogInput = string | Readonly<Record<string, unknown>>

interface AppendOptions {
  /** Without it logs are spread over the shards in turn. */
  readonly shard?: number
  /** Logs per log group; default 100. */
  readonly groupSize?: number
  /** Default: the option of the command line. */
  readonly compression?: Compression
  /** When the service got the logs, unix ms; default now. */
  readonly receiveTime?: number
  /** The logs' own time, unix ms; default the time of receipt. */
  readonly time?: number
}

/** A whole record batch, of which only the base offset is changed; or its records, compressed or not. */
type RawBatch =
  | Buffer
  | {
      /** The lowest three bits name the codec: 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
      readonly attributes: number
      readonly count: number
      /** Default: `count - 1`. */
      readonly lastOffsetDelta?: number
      readonly payload: Buffer
    }
  | RawGroup

/** Bytes in any format, stored as they are: their offsets begin with the shard's next one. */
interface RawGroup {
  readonly bytes: Buffer
  readonly count: number
  readonly offsets: number
}

/** A virtual topic; without `filtered` it answers as the command line says. */
type ViewInput = Omit<ViewDefinition, 'filtered'> & Partial<Pick<ViewDefinition, 'filtered'>>

/** Controls the stored logs from another process. */
export interface StoreControl {
  /** Resolves with the number of logs that each shard was given. */
  append(
    logstore: string,
    logs: readonly LogInput[],
    options?: AppendOptions,
  ): Promise<Record<string, number>>
  /**
   * Appends one log group from which every `null` was filtered out: a batch with gaps, at the end of
   * it too, or without any record. Resolves with its first offset.
   */
  appendFiltered(
    logstore: string,
    shard: number,
    logs: readonly (LogInput | null)[],
  ): Promise<string>
  /** Appends a batch without a change, e.g. with an unusual codec. Resolves with its first offset. */
  appendBatch(logstore: string, shard: number, batch: RawBatch): Promise<string>
  /** `startIndex`: of the first log groups, for a logstore that follows a deleted one. */
  createLogstore(name: string, shards: number, startIndex?: number): Promise<void>
  /** Groups and what they have committed stay, as in SLS. */
  deleteLogstore(name: string): Promise<void>
  /** Adds the virtual topic `<logstore>.<id>`. Resolves with its statement in SPL. */
  addView(logstore: string, view: ViewInput): Promise<string>
  /** Removes a virtual topic; what groups have committed for it stays. */
  removeView(logstore: string, id: number): Promise<void>
  /** Makes another node id the leader of the shard. */
  moveLeader(logstore: string, shard: number, node: number): Promise<void>
  /** Makes the shard read-only. Resolves with the ids of the two new shards. */
  splitShard(logstore: string, shard: number): Promise<number[]>
  /** Makes both shards read-only. Resolves with the id of the new shard. */
  mergeShards(logstore: string, shard: number, other: number): Promise<number>
  /**
   * Drops the log groups received before a time (unix ms; default all), as SLS does when their time
   * to live is over. Resolves with the new earliest offset.
   */
  expireLogs(logstore: string, shard: number, receivedBefore?: number): Promise<string>
  /** Drops a read-only shard for good; its partition stays, as a hole without records. */
  reclaimShard(logstore: string, shard: number): Promise<void>
  state(): Promise<EmulatorState>
  /** When requests and connections arrived. */
  traffic(): Promise<TrafficReport>
  /** Every commit accepted so far, oldest first. */
  commits(): Promise<CommitState[]>
}

export function storeControl(request: ControlClient): StoreControl {
  return {
    async append(logstore, logs, options = {}) {
      const query = new URLSearchParams(
        Object.entries(options).map(([name, value]): [string, string] => [name, String(value)]),
      )
      const path = `${pathOf(logstore)}/logs?${query.toString()}`
      return (await request<{ appended: Record<string, number> }>('POST', path, logs)).appended
    },
    async appendFiltered(logstore, shard, logs) {
      const path = `${pathOf(logstore, shard)}/filtered`
      return (await request<{ offset: string }>('POST', path, logs)).offset
    },
    async appendBatch(logstore, shard, batch) {
      const path = `${pathOf(logstore, shard)}/batches`
      const body = bodyOf(batch)
      return (await request<{ offset: string }>('POST', path, body)).offset
    },
    async createLogstore(name, shards, startIndex) {
      await request('POST', '/logstores', { name, shards, startIndex })
    },
    async deleteLogstore(name) {
      await request('DELETE', pathOf(name))
    },
    async addView(logstore, view) {
      return (await request<{ query: string }>('POST', `${pathOf(logstore)}/views`, view)).query
    },
    async removeView(logstore, id) {
      await request('DELETE', `${pathOf(logstore)}/views/${id}`)
    },
    async moveLeader(logstore, shard, node) {
      await request('POST', `${pathOf(logstore, shard)}/leader`, { node })
    },
    async splitShard(logstore, shard) {
      const path = `${pathOf(logstore, shard)}/split`
      return (await request<{ children: number[] }>('POST', path)).children
    },
    async mergeShards(logstore, shard, other) {
      const path = `${pathOf(logstore, shard)}/merge`
      return (await request<{ child: number }>('POST', path, { with: other })).child
    },
    async expireLogs(logstore, shard, receivedBefore) {
      const path = `${pathOf(logstore, shard)}/expire`
      return (await request<{ earliest: string }>('POST', path, { receivedBefore })).earliest
    },
    async reclaimShard(logstore, shard) {
      await request('POST', `${pathOf(logstore, shard)}/reclaim`)
    },
    state: () => request('GET', '/state'),
    traffic: () => request('GET', '/traffic'),
    commits: () => request('GET', '/commits'),
  }
}

function bodyOf(batch: RawBatch): object {
  if (Buffer.isBuffer(batch)) return { bytes: batch.toString('base64') }
  if ('bytes' in batch) return { ...batch, bytes: batch.bytes.toString('base64') }
  return { ...batch, payload: batch.payload.toString('base64') }
}

function pathOf(logstore: string, shard?: number): string {
  const path = `/logstores/${encodeURIComponent(logstore)}`
  return shard === undefined ? path : `${path}/shards/${shard}`
}
