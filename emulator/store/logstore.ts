import type { Log } from './log'
import { Shard, type ShardOptions } from './shard'

export interface AppendOptions {
  /** Without it logs are spread over the writable shards, one by one in turn. */
  readonly shard?: number
  /** Logs per log group, and so per record batch. */
  readonly groupSize?: number
  /** When the service got the logs, unix ms; default now. */
  readonly receiveTime?: number
}

/** About what makes clients fast without making them wait: see the throughput notes of the project. */
export const DEFAULT_GROUP_SIZE = 100

/** The logs cannot be taken; the message says why. */
export class LogstoreError extends Error {
  override readonly name = 'LogstoreError'
}

export class Logstore {
  readonly name: string
  readonly shards: Shard[]
  private readonly options: ShardOptions
  private turn = 0

  constructor(name: string, shardCount: number, options: ShardOptions) {
    this.name = name
    this.options = options
    this.shards = Array.from({ length: shardCount }, (_, id) => new Shard(id, options))
  }

  /** Returns how many logs each shard was given, before truncation. */
  append(logs: readonly Log[], options: AppendOptions = {}): Map<number, number> {
    const receiveTime = options.receiveTime ?? Date.now()
    const groupSize = options.groupSize ?? DEFAULT_GROUP_SIZE
    const counts = new Map<number, number>()
    for (const [shard, share] of this.distribute(logs, options.shard)) {
      counts.set(shard.id, share.length)
      for (let start = 0; start < share.length; start += groupSize) {
        shard.append(share.slice(start, start + groupSize), receiveTime)
      }
    }
    return counts
  }

  /** Makes a shard read-only and adds its two children, whose ids are the next free ones. */
  split(id: number): readonly [Shard, Shard] {
    const parent = this.writableShard(id)
    const first = new Shard(this.shards.length, this.options)
    const second = new Shard(this.shards.length + 1, this.options)
    parent.isReadOnly = true
    this.shards.push(first, second)
    return [first, second]
  }

  private distribute(logs: readonly Log[], shardId: number | undefined): Map<Shard, Log[]> {
    if (shardId !== undefined) return new Map([[this.writableShard(shardId), [...logs]]])
    const writable = this.shards.filter(({ isReadOnly }) => !isReadOnly)
    const shares = new Map<Shard, Log[]>()
    for (const log of logs) {
      const shard = writable[this.turn % writable.length]
      if (!shard) break
      this.turn += 1
      const share = shares.get(shard)
      if (share) share.push(log)
      else shares.set(shard, [log])
    }
    return shares
  }

  private writableShard(id: number): Shard {
    const shard = this.shards[id]
    if (!shard) throw new LogstoreError(`logstore ${this.name} has no shard ${id}`)
    if (shard.isReadOnly) throw new LogstoreError(`shard ${id} of ${this.name} is read-only`)
    return shard
  }
}
