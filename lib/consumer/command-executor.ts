import { SlsKafkaError } from '../errors'
import type { UnreadableSpan } from '../kafka/log-source'
import type { ConsumerOptions } from '../config/consumer-options'
import { describeFailure } from '../failure'
import type { Command } from './command'
import type { LogConsumer } from './log-consumer'
import type { DeliveryPipeline } from '../delivery/pipeline'
import type { SeekTarget } from '../delivery/seek'

/** The shards that a command affects; null for all own shards. */
export type ShardSelection = readonly number[] | null

/** A shard that a command has changed. */
export interface ChangedShard {
  readonly partition: number
  /** The new position, decimal text. */
  readonly offset?: string
}

/** Listeners of a `CommandExecutor`. */
export interface CommandPorts {
  /** @param shards null for all, also for later ones */
  readonly onPaused: (shards: ShardSelection) => void
  readonly onResumed: (shards: ShardSelection) => void
}

/**
 * Executes the user's commands to one consumer. A command can come at any time: while the consumer joins, fails,
 * stops or is closed. Each method returns the shards that it affected. On failure it throws or rejects with a
 * SlsKafkaError and changes nothing.
 */
export class CommandExecutor {
  readonly #consumer: LogConsumer
  readonly #options: ConsumerOptions
  readonly #ports: CommandPorts
  /** Settles when the last seek or skip has ended. Seeks and skips run one after the other. */
  #lastMove: Promise<unknown> = Promise.resolve()

  constructor(consumer: LogConsumer, options: ConsumerOptions, ports: CommandPorts) {
    this.#consumer = consumer
    this.#options = options
    this.#ports = ports
  }

  /** Executes any command except `status`, which changes nothing. */
  async execute(command: Exclude<Command, { action: 'status' }>): Promise<readonly ChangedShard[]> {
    const { action, shards } = command
    switch (action) {
      case 'pause':
        return this.pause(shards)
      case 'resume':
        return this.resume(shards)
      case 'start':
        return this.start(shards)
      case 'stop':
        return this.stop()
      case 'seek':
        return this.seek(command.target, shards)
      case 'skip':
        return this.skip(shards)
    }
  }

  /**
   * Pauses shards: nothing more is fetched, sent or sent again. Acks count and are committed, and the
   * consumer stays a member. All shards together can be paused at any time. A pause ends with `resume` or
   * the next deploy.
   */
  pause(shards: ShardSelection): ChangedShard[] {
    return this.#setPause(true, shards)
  }

  /** Ends the pause of shards. */
  resume(shards: ShardSelection): ChangedShard[] {
    return this.#setPause(false, shards)
  }

  /**
   * Starts the consumer. If it runs already, the records that stop their shard are sent again, as after a
   * deploy.
   */
  start(shards: ShardSelection): ChangedShard[] {
    const pipeline = this.#consumer.joinedPipeline
    this.#consumer.start()
    if (!pipeline) return []
    return pipeline
      .restartStopped(this.#ownShards(pipeline, shards))
      .map((partition) => ({ partition }))
  }

  /** Commits what is done and leaves the group, as a redeploy does. */
  async stop(): Promise<ChangedShard[]> {
    await this.#consumer.stop()
    return []
  }

  /**
   * Moves and commits the position of shards. Records that are queued or in flight are dropped. Other members
   * of the group keep their positions.
   */
  seek(target: SeekTarget, shards: ShardSelection): Promise<ChangedShard[]> {
    return this.#runInOrder(async () => {
      const pipeline = this.#joinedPipeline()
      const wanted = this.#ownShards(pipeline, shards)
      const offsets = await pipeline.locate(target, wanted)
      await this.#move(pipeline, offsets)
      return wanted.map((partition) => ({ partition, offset: String(offsets.get(partition)) }))
    })
  }

  /** Skips the cause that stops a shard: an exhausted or rejected record, or an undecodable record batch. */
  skip(shards: ShardSelection): Promise<ChangedShard[]> {
    return this.#runInOrder(async () => {
      const pipeline = this.#joinedPipeline()
      const wanted = this.#ownShards(pipeline, shards)
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

  #setPause(isPaused: boolean, shards: ShardSelection): ChangedShard[] {
    if (shards) this.#ownShards(this.#joinedPipeline(), shards)
    this.#consumer.setPause(isPaused, shards)
    if (isPaused) this.#ports.onPaused(shards)
    else this.#ports.onResumed(shards)
    return (shards ?? this.#consumer.joinedPipeline?.shardIds ?? []).map((partition) => ({
      partition,
    }))
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
    if (this.#consumer.joinedPipeline !== pipeline) {
      const shards = [...offsets.keys()].join(', ')
      throw new SlsKafkaError('SLS_SEEK_FAILED', { shards, reasonKey: 'shards-move' })
    }
    await pipeline.seek(offsets)
    for (const shard of offsets.keys()) this.#consumer.forgetFailure(shard)
  }

  #joinedPipeline(): DeliveryPipeline {
    const { joinedPipeline: joined, state } = this.#consumer
    if (!joined) throw new SlsKafkaError('SLS_NOT_RUNNING', { state: state.name })
    return joined
  }

  #ownShards(pipeline: DeliveryPipeline, shards: ShardSelection): readonly number[] {
    const own = pipeline.shardIds
    const unknown = shards?.find((shard) => !own.includes(shard))
    if (unknown === undefined) return shards ?? own
    throw new SlsKafkaError('SLS_SHARD_UNKNOWN', { shard: unknown, own: own.join(', ') || '–' })
  }

  async #runInOrder<T>(move: () => Promise<T>): Promise<T> {
    const moved = this.#lastMove.then(move)
    this.#lastMove = moved.catch(() => undefined)
    try {
      return await moved
    } catch (error) {
      throw describeFailure(error, this.#options)
    }
  }
}
