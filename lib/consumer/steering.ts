import { SlsKafkaError } from '../errors'
import type { UnreadableSpan } from '../kafka/source'
import type { ConsumerOptions } from '../config/consumer-options'
import { describeFailure } from './failure'
import type { LogConsumer } from './log-consumer'
import type { DeliveryPipeline } from '../delivery/pipeline'
import type { SeekTarget } from '../delivery/seek'

/** Which shards a command concerns; null for all own shards. */
export type Shards = readonly number[] | null

/** A shard that a command has changed. */
export interface SteeredShard {
  readonly partition: number
  /** The new position, decimal text. */
  readonly offset?: string
}

/** The listeners of pauses. */
export interface SteeringPorts {
  /** @param shards null for all, also for later ones */
  readonly onPaused: (shards: Shards) => void
  readonly onResumed: (shards: Shards) => void
}

/**
 * The commands of the user to one consumer, which can come at any time: while it joins, fails, stops or is
 * closed. Each method returns the shards that it affected, or rejects with a SlsKafkaError and changes
 * nothing.
 */
export class Steering {
  readonly #consumer: LogConsumer
  readonly #options: ConsumerOptions
  readonly #ports: SteeringPorts
  /** The last seek or skip: they run one after the other. */
  #lastMove: Promise<unknown> = Promise.resolve()

  constructor(consumer: LogConsumer, options: ConsumerOptions, ports: SteeringPorts) {
    this.#consumer = consumer
    this.#options = options
    this.#ports = ports
  }

  /**
   * Pauses shards: nothing more is fetched, sent or sent again. Acks count and are committed, and the
   * consumer stays a member. All shards together can be paused at any time. A pause ends with `resume` or
   * the next deploy.
   */
  pause(shards: Shards): SteeredShard[] {
    return this.#setPause(true, shards)
  }

  resume(shards: Shards): SteeredShard[] {
    return this.#setPause(false, shards)
  }

  /**
   * Starts the consumer. If it runs already, the records that stop their shard are sent again, as after a
   * deploy.
   */
  start(shards: Shards): SteeredShard[] {
    const pipeline = this.#consumer.joined
    this.#consumer.start()
    if (!pipeline) return []
    return pipeline.restartStopped(this.#own(pipeline, shards)).map((partition) => ({ partition }))
  }

  /** Commits what is done and leaves the group, as a redeploy does. */
  async stop(): Promise<SteeredShard[]> {
    await this.#consumer.stop()
    return []
  }

  /**
   * Moves and commits the position of shards. Records that are queued or in flight are dropped. Other members
   * of the group keep their positions.
   */
  seek(target: SeekTarget, shards: Shards): Promise<SteeredShard[]> {
    return this.#oneByOne(async () => {
      const pipeline = this.#joined()
      const wanted = this.#own(pipeline, shards)
      const offsets = await pipeline.locate(target, wanted)
      await this.#move(pipeline, offsets)
      return wanted.map((partition) => ({ partition, offset: String(offsets.get(partition)) }))
    })
  }

  /** Skips the cause that stops a shard: an exhausted or rejected record, or an undecodable record batch. */
  skip(shards: Shards): Promise<SteeredShard[]> {
    return this.#oneByOne(async () => {
      const pipeline = this.#joined()
      const wanted = this.#own(pipeline, shards)
      const stoppedByRecord = wanted.filter((shard) => pipeline.isStopped(shard))
      const batches = wanted.flatMap((shard): [number, UnreadableSpan][] => {
        const span = stoppedByRecord.includes(shard) ? null : this.#consumer.unreadable(shard)
        return span ? [[shard, span]] : []
      })
      const stopped = [...stoppedByRecord, ...batches.map(([shard]) => shard)]
      const idle = wanted.filter((shard) => !stopped.includes(shard))
      if (stopped.length === 0 || (shards && idle.length > 0)) {
        throw new SlsKafkaError('SLS_NOTHING_TO_SKIP', { shards: idle.join(', ') })
      }
      // The step that can fail comes first, so that a failure has changed nothing.
      await this.#skipBatches(pipeline, batches)
      for (const shard of stoppedByRecord) pipeline.skip(shard)
      return wanted.filter((shard) => stopped.includes(shard)).map((partition) => ({ partition }))
    })
  }

  #setPause(isPaused: boolean, shards: Shards): SteeredShard[] {
    if (shards) this.#own(this.#joined(), shards)
    this.#consumer.setPause(isPaused, shards)
    if (isPaused) this.#ports.onPaused(shards)
    else this.#ports.onResumed(shards)
    return (shards ?? this.#consumer.joined?.shardIds ?? []).map((partition) => ({ partition }))
  }

  async #skipBatches(
    pipeline: DeliveryPipeline,
    batches: [number, UnreadableSpan][],
  ): Promise<void> {
    const offsets = new Map<number, bigint>()
    for (const [shard, { last }] of batches) {
      if (last === null) {
        throw new SlsKafkaError('SLS_SEEK_FAILED', { shards: shard, reasonKey: 'end-unknown' })
      }
      // The header of a broken batch can be broken too, so its last offset is checked with the service.
      const [offset] = (await pipeline.locate({ offset: last + 1n }, [shard])).values()
      if (offset !== undefined) offsets.set(shard, offset)
    }
    if (offsets.size > 0) await this.#move(pipeline, offsets)
    for (const [shard, { first, last }] of batches) {
      const params = { shard, first: String(first), last: String(last) }
      this.#consumer.report(new SlsKafkaError('SLS_SKIPPED', params))
    }
  }

  async #move(pipeline: DeliveryPipeline, offsets: ReadonlyMap<number, bigint>): Promise<void> {
    if (this.#consumer.joined !== pipeline) {
      const shards = [...offsets.keys()].join(', ')
      throw new SlsKafkaError('SLS_SEEK_FAILED', { shards, reasonKey: 'shards-move' })
    }
    await pipeline.seek(offsets)
    for (const shard of offsets.keys()) this.#consumer.forgetFailure(shard)
  }

  #joined(): DeliveryPipeline {
    const { joined, state } = this.#consumer
    if (!joined) throw new SlsKafkaError('SLS_NOT_RUNNING', { state: state.name })
    return joined
  }

  #own(pipeline: DeliveryPipeline, shards: Shards): readonly number[] {
    const own = pipeline.shardIds
    const unknown = shards?.find((shard) => !own.includes(shard))
    if (unknown === undefined) return shards ?? own
    throw new SlsKafkaError('SLS_SHARD_UNKNOWN', { shard: unknown, own: own.join(', ') || '–' })
  }

  async #oneByOne<T>(move: () => Promise<T>): Promise<T> {
    const moved = this.#lastMove.then(move)
    this.#lastMove = moved.catch(() => undefined)
    try {
      return await moved
    } catch (error) {
      throw describeFailure(error, this.#options)
    }
  }
}
