import { isAborted, onAbort, wait, Wakeup } from '../../async'
import type { Clock } from '../../clock'
import { toError } from '../../errors'
import type { Cluster } from '../cluster/cluster'
import type { BrokerError } from '../cluster/error-codes'
import { endsMembership } from '../cluster/error-actions'
import { FetchLoop, type FetchLoopContext } from './fetch-loop'
import { FetchState } from './fetch-state'
import { FetchMaxWait } from './fetch-limits'
import { FetchResponseHandler, type FetchEvent } from './fetch-response-handler'
import { RetryBackoff } from '../../backoff'
import type { ShardDirectory } from '../cluster/shard-directory'

export interface FetcherParts {
  readonly cluster: Cluster
  readonly directory: ShardDirectory
  readonly clock: Clock
}

export interface FetcherSettings {
  readonly logstore: string
  readonly maxBytesPerShard: number
}

/** The leaders are looked up again after this time. */
const LEADER_REFRESH_MS = 10_000

/** Fetches the assigned shards: one loop for each broker that leads one of them. */
export class Fetcher {
  readonly #parts: FetcherParts
  readonly #onEvent: (event: FetchEvent) => void
  readonly #shards = new Map<number, FetchState>()
  readonly #responseHandler: FetchResponseHandler
  readonly #context: FetchLoopContext
  /** Loops by the node id of their broker. */
  readonly #loops = new Map<number, FetchLoop>()
  readonly #leadersAreStale: Wakeup
  #isSuspended = true
  #signal: AbortSignal | null = null
  #fail: (error: unknown) => void = () => undefined

  /** @param mayDeliver false while the group may have given the shards to another member */
  constructor(
    settings: FetcherSettings,
    parts: FetcherParts,
    onEvent: (event: FetchEvent) => void,
    mayDeliver: () => boolean,
  ) {
    this.#parts = parts
    this.#onEvent = onEvent
    this.#leadersAreStale = new Wakeup(parts.clock)
    const onLeadersStale = (): void => {
      this.#leadersAreStale.wake()
    }
    this.#responseHandler = new FetchResponseHandler(this.#shards, {
      ...parts,
      logstore: settings.logstore,
      onEvent,
      mayDeliver: () => !this.#isSuspended && mayDeliver(),
      onLeadersStale,
    })
    this.#context = {
      ...parts,
      settings,
      onEvent,
      responseHandler: this.#responseHandler,
      fetchWait: new FetchMaxWait(parts.clock),
      shards: this.#shards,
      isSuspended: () => this.#isSuspended,
      onLeadersStale,
    }
  }

  /** Whether a fetch of some shard is under way or can be sent. */
  get isActive(): boolean {
    if (this.#isSuspended) return false
    return [...this.#shards.values()].some(({ isPaused, isStopped }) => !isPaused && !isStopped)
  }

  has(shard: number): boolean {
    return this.#shards.has(shard)
  }

  isWithoutPosition(shard: number): boolean {
    return this.#shards.get(shard)?.next === null
  }

  /** Fetches until the signal aborts. @throws an error that a retry cannot fix */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal
    const failed = new Promise<never>((_resolve, reject) => {
      this.#fail = (error) => {
        if (!isAborted(signal)) reject(toError(error))
      }
    })
    // The listener stays after one loop fails, because the other loops wait until the signal aborts.
    onAbort(signal, () => {
      this.#leadersAreStale.wake()
      this.#wakeLoops()
    })
    await Promise.race([this.#followLeaders(signal), failed])
  }

  /** Delivers nothing until `resumeDelivery`. Responses that arrive meanwhile are buffered. */
  suspendDelivery(): void {
    this.#isSuspended = true
  }

  /**
   * Replaces the assigned shards. Kept shards keep their position; others have none until `start`.
   */
  assign(shards: readonly number[], kept: ReadonlySet<number>): void {
    const assigned = new Set(shards)
    for (const [id, shard] of this.#shards) {
      if (assigned.has(id) && kept.has(id)) shard.retryNow()
      else this.#shards.delete(id)
    }
    for (const id of shards) if (!this.#shards.has(id)) this.#shards.set(id, new FetchState(id))
  }

  /** Ends `suspendDelivery`, and delivers the buffered records. */
  resumeDelivery(): void {
    this.#isSuspended = false
    this.deliverBuffered()
    this.#startLoops()
  }

  /** Sets the position of shards that have none, and fetches them. */
  start(positions: ReadonlyMap<number, bigint>): void {
    for (const [id, offset] of positions) {
      const shard = this.#shards.get(id)
      if (shard?.next === null) shard.moveTo(offset)
    }
    this.#startLoops()
  }

  /** Reports a shard whose position the service refuses. */
  refuse(shard: number, error: BrokerError): void {
    this.#responseHandler.failed(shard, error)
  }

  /** Delivers buffered records of shards that are not paused. */
  deliverBuffered(): void {
    for (const shard of this.#shards.values()) this.#responseHandler.deliverBuffered(shard)
    this.#wakeLoops()
  }

  pause(id: number): void {
    const shard = this.#shards.get(id)
    if (shard) shard.isPaused = true
  }

  resume(id: number): void {
    const shard = this.#shards.get(id)
    if (!shard) return
    shard.isPaused = false
    this.#responseHandler.deliverBuffered(shard)
    this.#wakeLoops()
  }

  seek(id: number, offset: bigint): void {
    this.#shards.get(id)?.moveTo(offset)
    this.#wakeLoops()
  }

  #wakeLoops(): void {
    for (const loop of this.#loops.values()) loop.wake()
  }

  /** Refreshes the leaders when a loop reports an error, a shard has no leader, or the list is old. */
  async #followLeaders(signal: AbortSignal): Promise<void> {
    const { clock, directory } = this.#parts
    const retries = new RetryBackoff()
    while (!isAborted(signal)) {
      await this.#leadersAreStale.wait(LEADER_REFRESH_MS)
      if (isAborted(signal)) return
      try {
        if (this.#shards.size > 0) await directory.refresh()
        retries.reset()
      } catch (error) {
        if (isAborted(signal)) return
        if (endsMembership(error)) throw error
        this.#onEvent({ type: 'trouble', error })
      }
      if (this.#startLoops()) continue
      this.#leadersAreStale.wake()
      await wait(clock, retries.failed(), signal)
    }
  }

  /** @returns whether every shard has a leader */
  #startLoops(): boolean {
    const { directory } = this.#parts
    let hasLeaders = true
    for (const shard of this.#shards.values()) {
      const leader = directory.leaderOf(shard.shard)
      if (!leader) {
        hasLeaders = false
        continue
      }
      // The loop of the former leader must not deliver its last response.
      if (shard.nodeId !== null && shard.nodeId !== leader.nodeId) shard.beginEpoch()
      shard.nodeId = leader.nodeId
      if (this.#signal && !this.#loops.has(leader.nodeId)) {
        const loop = new FetchLoop(leader.nodeId, this.#context)
        this.#loops.set(leader.nodeId, loop)
        loop.run(this.#signal).catch(this.#fail)
      }
    }
    if (!hasLeaders) this.#leadersAreStale.wake()
    this.#wakeLoops()
    return hasLeaders
  }
}
