import { isAborted, onAbort } from '../abort'
import type { Clock } from '../clock'
import { toError } from '../errors'
import type { Cluster } from './cluster'
import type { BrokerError } from './error-codes'
import { endsMembership } from './failures'
import { FetchLoop, type FetchLoopContext } from './fetch-loop'
import { FetchShard } from './fetch-shard'
import { FetchWait } from './fetch-wait'
import { ResponseReader, type FetchEvent } from './response-reader'
import { Retries } from './retries'
import type { ShardDirectory } from './shard-directory'
import { Wakeup, wait } from '../wait'

export interface FetcherParts {
  readonly cluster: Cluster
  readonly directory: ShardDirectory
  readonly clock: Clock
}

export interface FetcherSettings {
  readonly logstore: string
  readonly maxBytesPerShard: number
}

/** Milliseconds between two looks at leaders that nobody has reason to doubt. */
const LONGEST_NAP_MS = 10_000

/** Fetches the assigned shards: one loop for each broker that leads one of them. */
export class Fetcher {
  readonly #parts: FetcherParts
  readonly #onEvent: (event: FetchEvent) => void
  readonly #shards = new Map<number, FetchShard>()
  readonly #reader: ResponseReader
  readonly #context: FetchLoopContext
  /** By node id. */
  readonly #loops = new Map<number, FetchLoop>()
  readonly #leadersAreStale: Wakeup
  #isHeld = true
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
    this.#reader = new ResponseReader(this.#shards, {
      ...parts,
      logstore: settings.logstore,
      onEvent,
      mayDeliver: () => !this.#isHeld && mayDeliver(),
      onLeadersStale,
    })
    this.#context = {
      ...parts,
      settings,
      onEvent,
      reader: this.#reader,
      fetchWait: new FetchWait(parts.clock),
      shards: this.#shards,
      isHeld: () => this.#isHeld,
      onLeadersStale,
    }
  }

  /** Whether a fetch of some shard is under way or can be sent. */
  get isActive(): boolean {
    if (this.#isHeld) return false
    return [...this.#shards.values()].some(({ isPaused, isStopped }) => !isPaused && !isStopped)
  }

  has(shard: number): boolean {
    return this.#shards.has(shard)
  }

  isWithoutPosition(shard: number): boolean {
    return this.#shards.get(shard)?.next === null
  }

  /** Fetches until the signal aborts. @throws what another attempt would not change */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal
    const failed = new Promise<never>((_resolve, reject) => {
      this.#fail = (error) => {
        if (!isAborted(signal)) reject(toError(error))
      }
    })
    // Not taken off when one loop fails: the others wait until the signal aborts.
    onAbort(signal, () => {
      this.#leadersAreStale.wake()
      this.#wakeLoops()
    })
    await Promise.race([this.#followLeaders(signal), failed])
  }

  /** Delivers nothing more until shards are assigned; what comes meanwhile is kept. */
  hold(): void {
    this.#isHeld = true
  }

  /**
   * From now on these shards are fetched. Kept ones go on where they were; others have no position until
   * `start`.
   */
  assign(shards: readonly number[], kept: ReadonlySet<number>): void {
    const assigned = new Set(shards)
    for (const [id, shard] of this.#shards) {
      if (assigned.has(id) && kept.has(id)) shard.retryNow()
      else this.#shards.delete(id)
    }
    for (const id of shards) if (!this.#shards.has(id)) this.#shards.set(id, new FetchShard(id))
  }

  /** Ends a hold. */
  release(): void {
    this.#isHeld = false
    this.deliverParked()
    this.#startLoops()
  }

  /** Sets where shards without a position begin. */
  start(positions: ReadonlyMap<number, bigint>): void {
    for (const [id, offset] of positions) {
      const shard = this.#shards.get(id)
      if (shard?.next === null) shard.moveTo(offset)
    }
    this.#startLoops()
  }

  /** A shard whose position cannot be found out. */
  refuse(shard: number, error: BrokerError): void {
    this.#reader.failed(shard, error)
  }

  /** Delivers what was kept, as far as it can be delivered now. */
  deliverParked(): void {
    for (const shard of this.#shards.values()) this.#reader.deliverParked(shard)
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
    this.#reader.deliverParked(shard)
    this.#wakeLoops()
  }

  seek(id: number, offset: bigint): void {
    this.#shards.get(id)?.moveTo(offset)
    this.#wakeLoops()
  }

  #wakeLoops(): void {
    for (const loop of this.#loops.values()) loop.wake()
  }

  /** Looks for the leaders again when a loop has reason to doubt them, or a shard has none. */
  async #followLeaders(signal: AbortSignal): Promise<void> {
    const { clock, directory } = this.#parts
    const retries = new Retries()
    while (!isAborted(signal)) {
      await this.#leadersAreStale.wait(LONGEST_NAP_MS)
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
      // Another broker's loop must not deliver what it asked for before.
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
