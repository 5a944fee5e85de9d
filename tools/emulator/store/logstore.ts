import { isAvailable, type Compression } from '../protocol/compression'
import { BATCH_HEADER_BYTES, summaryOf } from '../protocol/record-batch'
import type { Log } from './log'
import { LogstoreError } from './logstore-error'
import { OFFSETS_PER_GROUP } from './offsets'
import { Shard, type GroupContent, type ShardOptions } from './shard'
import { View, type ViewDefinition } from './view'

export { LogstoreError } from './logstore-error'

export interface AppendOptions {
  /** Without it logs are spread over the writable shards, one by one in turn. */
  readonly shard?: number
  /** Logs per log group, and so per record batch. */
  readonly groupSize?: number
  /** When the service got the logs, unix ms; default now. */
  readonly receiveTime?: number
  /** Default: the option of the command line. */
  readonly compression?: Compression
}

/** About what makes clients fast without making them wait: see the throughput notes of the project. */
const DEFAULT_GROUP_SIZE = 100

export class Logstore {
  readonly name: string
  readonly shards: Shard[]
  readonly #options: ShardOptions
  readonly #viewsById = new Map<number, View>()
  #turn = 0

  constructor(name: string, shardCount: number, options: ShardOptions) {
    this.name = name
    this.#options = options
    this.shards = Array.from({ length: shardCount }, (_, id) => new Shard(id, options))
  }

  /** Returns how many logs each shard was given, before truncation. */
  append(logs: readonly Log[], options: AppendOptions = {}): Map<number, number> {
    const receiveTime = options.receiveTime ?? Date.now()
    const groupSize = options.groupSize ?? DEFAULT_GROUP_SIZE
    if (options.compression && !isAvailable(options.compression)) {
      throw new LogstoreError(`${options.compression} needs a later release of Node.js`)
    }
    const counts = new Map<number, number>()
    for (const [shard, share] of this.#distribute(logs, options.shard)) {
      counts.set(shard.id, share.length)
      for (let start = 0; start < share.length; start += groupSize) {
        shard.append(share.slice(start, start + groupSize), receiveTime, options.compression)
      }
    }
    return counts
  }

  /** Stores a ready-made record batch without a check. */
  appendBatch(id: number, batch: Buffer, receiveTime: number): bigint {
    if (batch.length < BATCH_HEADER_BYTES) {
      throw new LogstoreError(`a record batch has ${BATCH_HEADER_BYTES} bytes at least`)
    }
    const { offsets } = summaryOf(batch)
    if (offsets < 1 || offsets > OFFSETS_PER_GROUP) {
      throw new LogstoreError(`a record batch takes 1 to ${OFFSETS_PER_GROUP} offsets`)
    }
    return this.writableShard(id).appendBatch(batch, receiveTime)
  }

  /** Stores bytes that hold their own offsets, in any format; the first one is that of the next log group. */
  appendAsIs(id: number, bytes: Buffer, content: GroupContent, receiveTime: number): bigint {
    const { offsets } = content
    if (offsets < 1 || offsets > OFFSETS_PER_GROUP) {
      throw new LogstoreError(`a log group takes 1 to ${OFFSETS_PER_GROUP} offsets`)
    }
    return this.writableShard(id).appendAsIs(bytes, content, receiveTime)
  }

  /** Makes a shard read-only and adds its two children, whose ids are the next free ones. */
  split(id: number): readonly [Shard, Shard] {
    const parent = this.writableShard(id)
    parent.isReadOnly = true
    return [this.#addShard(), this.#addShard()]
  }

  /** Makes two shards read-only and adds the one that they become. */
  merge(id: number, otherId: number): Shard {
    if (id === otherId) throw new LogstoreError(`shard ${id} cannot be merged with itself`)
    const parents = [this.writableShard(id), this.writableShard(otherId)]
    for (const parent of parents) parent.isReadOnly = true
    return this.#addShard()
  }

  /** Drops a read-only shard with its logs. Its id stays, so that those of the others do too. */
  reclaim(id: number): void {
    const shard = this.shard(id)
    if (!shard.isReadOnly) throw new LogstoreError(`shard ${id} of ${this.name} is not read-only`)
    shard.expire(Infinity)
    shard.isReclaimed = true
  }

  /** The shard of this id, also if it is read-only. Throws LogstoreError. */
  shard(id: number): Shard {
    const shard = this.shards[id]
    if (!shard) throw new LogstoreError(`logstore ${this.name} has no shard ${id}`)
    return shard
  }

  /** Throws LogstoreError. */
  writableShard(id: number): Shard {
    const shard = this.shard(id)
    if (shard.isReadOnly) throw new LogstoreError(`shard ${id} of ${this.name} is read-only`)
    return shard
  }

  /** Its virtual topics, in the order in which they were added. */
  get views(): View[] {
    return [...this.#viewsById.values()]
  }

  view(id: number): View | undefined {
    return this.#viewsById.get(id)
  }

  /** Adds a virtual topic. Throws LogstoreError. */
  addView(definition: ViewDefinition): View {
    const { id } = definition
    if (this.#viewsById.has(id)) throw new LogstoreError(`view ${this.name}.${id} exists already`)
    const view = new View(definition)
    this.#viewsById.set(id, view)
    return view
  }

  /** Groups and what they have committed for the virtual topic stay. Throws LogstoreError. */
  removeView(id: number): void {
    if (!this.#viewsById.delete(id)) throw new LogstoreError(`there is no view ${this.name}.${id}`)
  }

  #addShard(): Shard {
    const shard = new Shard(this.shards.length, this.#options)
    this.shards.push(shard)
    return shard
  }

  #distribute(logs: readonly Log[], shardId: number | undefined): Map<Shard, Log[]> {
    if (shardId !== undefined) return new Map([[this.writableShard(shardId), [...logs]]])
    const writable = this.shards.filter(({ isReadOnly }) => !isReadOnly)
    const shares = new Map<Shard, Log[]>()
    for (const log of logs) {
      const shard = writable[this.#turn % writable.length]
      if (!shard) break
      this.#turn += 1
      const share = shares.get(shard)
      if (share) share.push(log)
      else shares.set(shard, [log])
    }
    return shares
  }
}
