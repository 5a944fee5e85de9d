import { isAborted, onAbort, Wakeup } from '../../async'
import { prepareRetry } from '../cluster/error-actions'
import { ProduceLoop } from './produce-loop'
import type { ProducerParts } from './producer-types'
import { waitForRetry } from './retry-wait'
import { RetryBackoff, WRITE_BACKOFF } from '../../backoff'
import { ShardDirectory } from '../cluster/shard-directory'

/** Time between two lists of the shards. A writer without a log to write notices an outage by them. */
const LIST_INTERVAL_MS = 15_000

/**
 * Writes to one logstore: one loop for each broker that leads one of its shards. One request is under way
 * per broker, and each of its shards has a result of its own.
 */
export class Producer {
  readonly #parts: ProducerParts
  readonly #directory: ShardDirectory
  readonly #leadersAreStale: Wakeup
  /** Loops by the node id of their broker. */
  readonly #loops = new Map<number, ProduceLoop>()
  readonly #runs: Promise<void>[] = []

  constructor(parts: ProducerParts) {
    const { logstore, cluster, clock, signal } = parts
    this.#parts = parts
    this.#directory = new ShardDirectory(cluster, logstore, clock, signal)
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
          await this.#leadersAreStale.wait(LIST_INTERVAL_MS)
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
