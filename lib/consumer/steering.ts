import { SlsKafkaError } from '../errors'
import type { UnreadableSpan } from '../kafka/source'
import type { ConsumerOptions } from '../config/consumer-options'
import { describeFailure } from './failure'
import type { LogConsumer } from './log-consumer'
import type { DeliveryPipeline } from '../delivery/pipeline'
import type { SeekTarget } from '../delivery/seek'

/** Which shards are meant: null is all that are ours. */
export type Shards = readonly number[] | null

/** A shard that something was done to. */
export interface SteeredShard {
  readonly partition: number
  /** Where reading goes on, decimal text. */
  readonly offset?: string
}

/** What of the ports of a consumer steering uses. */
export interface SteeringPorts {
  /** @param shards null for all, also those to come */
  readonly onPaused: (shards: Shards) => void
  readonly onResumed: (shards: Shards) => void
}

/**
 * What a user may do to a consumer at any time: while it joins, fails, stops or is closed. Each method
 * answers with the shards that it concerned, or rejects with a SlsKafkaError and has changed nothing.
 */
export class Steering {
  readonly #consumer: LogConsumer
  readonly #options: ConsumerOptions
  readonly #ports: SteeringPorts
  /** Positions are set one after the other. */
  #lastMove: Promise<unknown> = Promise.resolve()

  constructor(consumer: LogConsumer, options: ConsumerOptions, ports: SteeringPorts) {
    this.#consumer = consumer
    this.#options = options
    this.#ports = ports
  }

  /**
   * Nothing more is fetched, sent or sent again; acks count and are committed, and the group keeps its
   * member. Of all shards it can be said at any time, and holds until `resume` or the next deploy.
   */
  pause(shards: Shards): SteeredShard[] {
    return this.#setPause(true, shards)
  }

  resume(shards: Shards): SteeredShard[] {
    return this.#setPause(false, shards)
  }

  /**
   * Begins to read. If it reads already, records that were given up and hold their shard are tried
   * again, as a deploy would do.
   */
  start(shards: Shards): SteeredShard[] {
    const flow = this.#consumer.joined
    this.#consumer.start()
    if (!flow) return []
    return flow.retryGivenUp(this.#own(flow, shards)).map((partition) => ({ partition }))
  }

  /** Commits what is done and leaves the group, as a redeploy does. */
  async stop(): Promise<SteeredShard[]> {
    await this.#consumer.stop()
    return []
  }

  /**
   * Reading goes on elsewhere, also after a restart. What was fetched or in flight does not count any
   * more. Other members of the group are not concerned.
   */
  seek(target: SeekTarget, shards: Shards): Promise<SteeredShard[]> {
    return this.#oneByOne(async () => {
      const flow = this.#joined()
      const wanted = this.#own(flow, shards)
      const offsets = await flow.locate(target, wanted)
      await this.#move(flow, offsets)
      return wanted.map((partition) => ({ partition, offset: String(offsets.get(partition)) }))
    })
  }

  /** Steps over what holds a shard: the record that was given up, or a batch that cannot be decoded. */
  skip(shards: Shards): Promise<SteeredShard[]> {
    return this.#oneByOne(async () => {
      const flow = this.#joined()
      const wanted = this.#own(flow, shards)
      const held = wanted.filter((shard) => flow.isHeld(shard))
      const batches = wanted.flatMap((shard): [number, UnreadableSpan][] => {
        const span = held.includes(shard) ? null : this.#consumer.unreadable(shard)
        return span ? [[shard, span]] : []
      })
      const stopped = [...held, ...batches.map(([shard]) => shard)]
      const idle = wanted.filter((shard) => !stopped.includes(shard))
      if (stopped.length === 0 || (shards && idle.length > 0)) {
        throw new SlsKafkaError('SLS_NOTHING_TO_SKIP', { shards: idle.join(', ') })
      }
      // First what can fail, so that it has changed nothing.
      await this.#skipBatches(flow, batches)
      for (const shard of held) flow.skip(shard)
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

  async #skipBatches(flow: DeliveryPipeline, batches: [number, UnreadableSpan][]): Promise<void> {
    const offsets = new Map<number, bigint>()
    for (const [shard, { last }] of batches) {
      if (last === null) {
        throw new SlsKafkaError('SLS_SEEK_FAILED', { shards: shard, reasonKey: 'end-unknown' })
      }
      // A header may be as broken as the rest; nobody goes where the service has nothing.
      const [offset] = (await flow.locate({ offset: last + 1n }, [shard])).values()
      if (offset !== undefined) offsets.set(shard, offset)
    }
    if (offsets.size > 0) await this.#move(flow, offsets)
    for (const [shard, { first, last }] of batches) {
      const params = { shard, first: String(first), last: String(last) }
      this.#consumer.report(new SlsKafkaError('SLS_SKIPPED', params))
    }
  }

  async #move(flow: DeliveryPipeline, offsets: ReadonlyMap<number, bigint>): Promise<void> {
    if (this.#consumer.joined !== flow) {
      const shards = [...offsets.keys()].join(', ')
      throw new SlsKafkaError('SLS_SEEK_FAILED', { shards, reasonKey: 'shards-move' })
    }
    await flow.seek(offsets)
    for (const shard of offsets.keys()) this.#consumer.forgetFailure(shard)
  }

  #joined(): DeliveryPipeline {
    const { joined, state } = this.#consumer
    if (!joined) throw new SlsKafkaError('SLS_NOT_RUNNING', { state: state.name })
    return joined
  }

  #own(flow: DeliveryPipeline, shards: Shards): readonly number[] {
    const own = flow.shardIds
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
