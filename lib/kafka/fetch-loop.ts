import { isAborted } from '../abort'
import type { Connection } from './connection'
import { MalformedResponseError } from './connection-errors'
import { FETCH_MIN_BYTES, SILENCE_TIMEOUT } from './constants'
import { BROKER_NOT_AVAILABLE, BrokerError } from './error-codes'
import { nextTurn } from './event-loop'
import { endsMembership, prepareRetry } from './failures'
import { fetchShards } from './fetch-request'
import { outlineOf, type FetchResponse, type Outline } from './fetch-response'
import type { Ask, FetchShard } from './fetch-shard'
import { FetchSize } from './fetch-size'
import type { FetchWait } from './fetch-wait'
import type { FetcherParts, FetcherSettings } from './fetcher'
import type { ArrivedResponse } from './request'
import type { Asked, FetchEvent, ResponseReader } from './response-reader'
import { Retries } from './retries'
import { Wakeup, wait } from '../wait'

/** What the loops of one fetcher share. */
export interface FetchLoopContext extends FetcherParts {
  readonly settings: FetcherSettings
  readonly onEvent: (event: FetchEvent) => void
  readonly reader: ResponseReader
  readonly fetchWait: FetchWait
  /** All assigned shards, by id. */
  readonly shards: ReadonlyMap<number, FetchShard>
  /** Nothing is fetched while this is true. */
  readonly isHeld: () => boolean
  readonly onLeadersStale: () => void
}

/** Turns of the event loop: one in which a record is sent, and one in which Node-RED delivers it. */
const TURNS_TO_THE_FLOW = 2

/** The longest that a loop without a shard to fetch waits before it looks again. */
const LONGEST_NAP_MS = 10_000

/** The patience for a fetch doubles after each silent one, up to this many times. */
const MOST_DOUBLINGS = 2

/**
 * From this size of a response on, the next fetch is sent before the response is read: its bytes come
 * meanwhile. A smaller one is at the end of a shard, where its records come sooner if they are read first.
 */
const SEND_AHEAD_FROM_BYTES = 65_536

/** A response of which all bytes have come, and how long that took. */
interface Arrival {
  readonly response: ArrivedResponse<FetchResponse>
  readonly spanMs: number
}

/** A fetch that was sent. */
interface SentFetch {
  readonly connection: Connection
  readonly asked: Asked
  readonly arrival: Promise<Arrival>
}

/**
 * Fetches the shards that one broker leads. One response is read at a time, and one fetch is under way: so
 * beside what was delivered, a broker has two responses in memory at most.
 */
export class FetchLoop {
  readonly #nodeId: number
  readonly #context: FetchLoopContext
  readonly #wakeup: Wakeup
  readonly #size = new FetchSize()
  /**
   * Whether the last large response was read as far as its headers promised. If not, what was sent ahead is
   * thrown away.
   */
  #isReadWhole = true

  constructor(nodeId: number, context: FetchLoopContext) {
    this.#nodeId = nodeId
    this.#context = context
    this.#wakeup = new Wakeup(context.clock)
  }

  /** A shard can be fetched that could not be before, or the loop must end. */
  wake(): void {
    this.#wakeup.wake()
  }

  /** Runs until the signal aborts. @throws what another attempt would not change */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, onEvent } = this.#context
    const retries = new Retries()
    let sent: SentFetch | null = null
    while (!isAborted(signal)) {
      try {
        sent ??= await this.#sendFirst(retries.failures)
        if (!sent) {
          await this.#wakeup.wait(this.#napMs)
          continue
        }
        sent = await this.#receive(sent)
        retries.reset()
      } catch (error) {
        sent = null
        if (isAborted(signal)) return
        if (endsMembership(error)) throw error
        onEvent({ type: 'trouble', error })
        // The leader may have moved.
        this.#context.onLeadersStale()
        prepareRetry(this.#context.cluster, error, null)
        await wait(clock, retries.failed(), signal)
      }
    }
  }

  /** @returns null if no shard is due */
  async #sendFirst(failures: number): Promise<SentFetch | null> {
    if (this.#due().length === 0) return null
    const { cluster, fetchWait, shards } = this.#context
    const broker = cluster.broker(this.#nodeId)
    if (!broker) throw new BrokerError('Metadata', BROKER_NOT_AVAILABLE)
    const connection = await cluster.connection(broker, 'fetch')
    // A connection can take seconds: by then shards can have another leader, or be paused or lost.
    const asked = new Map(this.#due().map((shard) => [shard, shard.ask()]))
    const maxWaitMs = fetchWait.next([...shards.values()])
    const patienceMs = SILENCE_TIMEOUT * (2 ** Math.min(failures, MOST_DOUBLINGS) - 1)
    return this.#send(connection, asked, { maxWaitMs, patienceMs })
  }

  /** @returns null if nothing is asked */
  #send(
    connection: Connection,
    asked: Asked,
    { maxWaitMs, patienceMs }: { maxWaitMs: number; patienceMs: number },
  ): SentFetch | null {
    if (asked.size === 0) return null
    const { clock, settings } = this.#context
    const { logstore, maxBytesPerShard } = settings
    const maxBytes = this.#size.bytes
    const request = fetchShards({
      logstore,
      maxWaitMs,
      minBytes: FETCH_MIN_BYTES,
      maxBytes,
      shards: Array.from(asked, ([{ shard }, { offset }]) => ({
        shard,
        offset,
        maxBytes: Math.min(maxBytes, maxBytesPerShard),
      })),
    })
    const sentMs = clock.monotonic()
    const arrival = connection
      .request(request, maxWaitMs + patienceMs)
      .then((response) => ({ response, spanMs: clock.monotonic() - sentMs }))
    // It can fail while the response before it is read.
    arrival.catch(() => undefined)
    return { connection, asked, arrival }
  }

  /**
   * Reads a response, and delivers what it brought.
   *
   * @returns the fetch that was sent ahead; null if none was
   * @throws BrokerError of a whole response
   */
  async #receive({ connection, asked, arrival }: SentFetch): Promise<SentFetch | null> {
    const { fetchWait, reader } = this.#context
    const { response: arrived, spanMs } = await arrival
    this.#size.arrived(arrived.body.length, spanMs)
    const outline = this.#outlineOf(arrived)
    const ahead = outline && this.#askAhead(asked, outline)
    const next =
      ahead && this.#send(connection, ahead, { maxWaitMs: fetchWait.ahead, patienceMs: 0 })
    const response = await arrived.read()
    if (response.errorCode !== 0) throw new BrokerError('Fetch', response.errorCode)
    if (response.shards.length === 0) throw new MalformedResponseError('a fetch without shards')
    fetchWait.answered(reader.read(response, asked))
    if (outline) this.#isReadWhole = this.#hasReached(outline)
    // The next fetch follows when what came is on its way to the flow.
    for (let turn = 0; turn < TURNS_TO_THE_FLOW; turn++) await nextTurn()
    return next
  }

  /** Null for a response that is small. */
  #outlineOf({ body, version }: ArrivedResponse<FetchResponse>): Outline | null {
    if (body.length < SEND_AHEAD_FROM_BYTES) return null
    return outlineOf(body, version, this.#context.settings.logstore)
  }

  /** What can be asked before the response to `asked` is read. Shards that it serves come last. */
  #askAhead(asked: Asked, outline: Outline): Asked {
    // Where an earlier response is still kept, a third one would be in memory.
    if (!this.#isReadWhole || this.#shards.some(({ isParked }) => isParked)) return new Map()
    const first: [FetchShard, Ask][] = []
    const last: [FetchShard, Ask][] = []
    for (const shard of this.#due()) {
      const before = asked.get(shard)
      // Moved meanwhile, or not asked for before.
      if (!before || !shard.isCurrent(before)) first.push([shard, shard.ask()])
      else {
        const offset = outline.get(shard.shard)
        if (offset === null) first.push([shard, before])
        else if (offset !== undefined) last.push([shard, shard.ask(offset)])
      }
    }
    return new Map([...first, ...last])
  }

  /** Whether each shard was read as far as the headers promised. */
  #hasReached(outline: Outline): boolean {
    return [...outline].every(([id, promised]) => {
      const shard = this.#context.shards.get(id)
      return promised === null || shard === undefined || shard.next === promised
    })
  }

  get #shards(): FetchShard[] {
    return [...this.#context.shards.values()].filter(({ nodeId }) => nodeId === this.#nodeId)
  }

  /** Shards that were served last come last: a large batch comes only as the first one of a response. */
  #due(): FetchShard[] {
    if (this.#context.isHeld()) return []
    const now = this.#context.clock.monotonic()
    return this.#shards
      .filter((shard) => shard.isDue(now))
      .sort((one, other) => one.servedIn - other.servedIn)
  }

  /** Milliseconds until a failing shard is due. */
  get #napMs(): number {
    const now = this.#context.clock.monotonic()
    return this.#shards.reduce((nap, { retryAtMs }) => {
      return retryAtMs > now ? Math.min(nap, retryAtMs - now) : nap
    }, LONGEST_NAP_MS)
  }
}
