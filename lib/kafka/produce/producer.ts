import { isAborted, onAbort, wait, Wakeup } from '../../async'
import type { Clock } from '../../clock'
import type { Cluster } from '../cluster/cluster'
import { METADATA_MAX_AGE_MS } from '../constants'
import type { BrokerError } from '../cluster/error-codes'
import { prepareRetry } from '../cluster/error-actions'
import { ProduceLoop } from './produce-loop'
import type { ProducedRecord, WriteCompression } from '../records/record-batch-encoder'
import { RetryBackoff, WRITE_BACKOFF } from '../../backoff'
import { ShardDirectory } from '../cluster/shard-directory'

/** The result of one batch. */
export type BatchResult =
  /** @param offset of the first record; null if the service returns none */
  | { readonly type: 'written'; readonly offset: bigint | null }
  /**
   * The service responded with an error: nothing of the batch is stored. Only with REQUEST_TIMED_OUT and
   * NOT_ENOUGH_REPLICAS_AFTER_APPEND, it may be.
   */
  | { readonly type: 'refused'; readonly error: BrokerError }
  /** No response came: the batch may be stored or not. */
  | { readonly type: 'unanswered'; readonly error: unknown }

/** The batch of one shard in a request. */
export interface OutgoingBatch {
  readonly shard: number
  /** Not empty. */
  readonly records: readonly ProducedRecord[]
  /** Called once. */
  settle(result: BatchResult): void
}

/** At most one batch for each shard. */
export interface OutgoingRequest {
  readonly topic: string
  readonly batches: readonly OutgoingBatch[]
}

/** The batches that a producer writes. They are taken at the last moment, so that they grow until then. */
export interface BatchSource {
  /** Milliseconds until a batch for one of these shards can be taken: 0 for now, Infinity for none. */
  dueInMs(shards: readonly number[]): number
  /** Takes the batches of the next request. Null if none is due. */
  take(shards: readonly number[]): OutgoingRequest | null
  /** Logs of the next batch, 0 if there is none; null if it cannot grow. */
  readonly growing: number | null
}

export type ProduceEvent =
  /** The service has listed the shards of the logstore. */
  | { readonly type: 'listed' }
  /** A request or a connection failed. The producer goes on trying. */
  | { readonly type: 'trouble'; readonly error: unknown }

export interface ProducerSettings {
  readonly logstore: string
  readonly compression: WriteCompression
}

export interface ProducerParts {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly source: BatchSource
  readonly onEvent: (event: ProduceEvent) => void
  /** Ends the producer and its cluster. */
  readonly signal: AbortSignal
  /** Ends a backoff at once, and makes later ones short: a close has no time for them. Default: `signal`. */
  readonly hurry?: AbortSignal
}

/** The longest backoff of a producer that hurries. */
const HURRIED_BACKOFF_MS = 300

/** Waits before the next attempt. @param backoffMs as long as nothing hurries */
export async function waitForRetry(
  { clock, signal, hurry = signal }: Pick<ProducerParts, 'clock' | 'signal' | 'hurry'>,
  backoffMs: number,
): Promise<void> {
  if (isAborted(hurry)) await wait(clock, Math.min(backoffMs, HURRIED_BACKOFF_MS), signal)
  else await wait(clock, backoffMs, hurry)
}

/**
 * Writes to one logstore: one loop for each broker that leads one of its shards. One request is under way
 * per broker, and each of its shards has a result of its own.
 */
export class Producer {
  readonly #settings: ProducerSettings
  readonly #parts: ProducerParts
  readonly #directory: ShardDirectory
  readonly #leadersAreStale: Wakeup
  /** Loops by the node id of their broker. */
  readonly #loops = new Map<number, ProduceLoop>()
  readonly #runs: Promise<void>[] = []

  constructor(settings: ProducerSettings, parts: ProducerParts) {
    const { cluster, clock, signal } = parts
    this.#settings = settings
    this.#parts = parts
    this.#directory = new ShardDirectory(cluster, settings.logstore, clock, signal)
    this.#leadersAreStale = new Wakeup(clock)
  }

  /** Shards of the logstore, ascending; empty before the first list. */
  get shards(): readonly number[] {
    return this.#directory.shards
  }

  /** The last attempt at a broker that leads a shard got no response. */
  get isFailing(): boolean {
    return this.shards.some((shard) => this.#loopOf(shard)?.isFailing)
  }

  /** Whether the shard has a leader, and the last attempt there got a response. */
  isReachable(shard: number): boolean {
    const loop = this.#loopOf(shard)
    return loop !== undefined && !loop.isFailing
  }

  /** A batch may be due that was not before. */
  wake(): void {
    for (const loop of this.#loops.values()) loop.wake()
  }

  /** Writes until the signal aborts. Every batch that was taken is settled then. */
  async run(): Promise<void> {
    const { cluster, signal } = this.#parts
    const forget = onAbort(signal, () => {
      cluster.close()
      this.#leadersAreStale.wake()
      this.wake()
    })
    await this.#followLeaders(signal)
    await Promise.all(this.#runs)
    forget()
  }

  /** Lists the shards again when they may have moved, and from time to time: a split adds shards. */
  async #followLeaders(signal: AbortSignal): Promise<void> {
    const { cluster, onEvent } = this.#parts
    const retries = new RetryBackoff(WRITE_BACKOFF)
    while (!isAborted(signal)) {
      try {
        await this.#directory.find()
        onEvent({ type: 'listed' })
        if (this.#startLoops()) {
          retries.reset()
          await this.#leadersAreStale.wait(METADATA_MAX_AGE_MS)
          continue
        }
      } catch (error) {
        if (isAborted(signal)) return
        onEvent({ type: 'trouble', error })
        prepareRetry(cluster, error, null)
      }
      await waitForRetry(this.#parts, retries.failed())
    }
  }

  /** @returns whether every shard has a leader */
  #startLoops(): boolean {
    let hasLeaders = true
    for (const shard of this.#directory.shards) {
      const leader = this.#directory.leaderOf(shard)
      if (!leader) hasLeaders = false
      else if (!this.#loops.has(leader.nodeId)) this.#startLoop(leader.nodeId)
    }
    this.wake()
    return hasLeaders
  }

  /** Undefined while the shard has no leader. */
  #loopOf(shard: number): ProduceLoop | undefined {
    const leader = this.#directory.leaderOf(shard)
    return leader ? this.#loops.get(leader.nodeId) : undefined
  }

  #startLoop(nodeId: number): void {
    const directory = this.#directory
    const loop = new ProduceLoop(nodeId, {
      ...this.#settings,
      ...this.#parts,
      shards: () =>
        directory.shards.filter((shard) => directory.leaderOf(shard)?.nodeId === nodeId),
      onLeadersStale: () => {
        this.#leadersAreStale.wake()
      },
    })
    this.#loops.set(nodeId, loop)
    this.#runs.push(loop.run())
  }
}
