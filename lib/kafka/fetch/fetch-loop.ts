import { isAborted, wait, Wakeup } from '../../async'
import type { Connection } from '../connection/connection'
import { MalformedResponseError } from '../connection/connection-errors'
import { FETCH_MIN_BYTES, SILENCE_TIMEOUT_MS } from '../constants'
import { BROKER_NOT_AVAILABLE, BrokerError } from '../cluster/error-codes'
import { nextTurn } from '../event-loop'
import { endsMembership, prepareRetry } from '../cluster/error-actions'
import { fetchShards } from './fetch-request'
import { nextOffsetsOf, type FetchResponse, type NextOffsets } from './fetch-response'
import type { FetchPosition, FetchState } from './fetch-state'
import { FetchMaxBytes, type FetchMaxWait } from './fetch-limits'
import type { FetcherParts, FetcherSettings } from './fetcher'
import type { ArrivedResponse } from '../request'
import type { FetchPositions, FetchEvent, FetchResponseHandler } from './fetch-response-handler'
import { RetryBackoff } from '../../backoff'

/** The parts that the loops of one fetcher share. */
export interface FetchLoopContext extends FetcherParts {
  readonly settings: FetcherSettings
  readonly onEvent: (event: FetchEvent) => void
  readonly responseHandler: FetchResponseHandler
  readonly fetchWait: FetchMaxWait
  /** All assigned shards, by id. */
  readonly shards: ReadonlyMap<number, FetchState>
  /** Nothing is fetched while this is true. */
  readonly isSuspended: () => boolean
  readonly onLeadersStale: () => void
}

/** Turns of the event loop: one in which a record is sent, and one in which Node-RED delivers it. */
const TURNS_TO_THE_FLOW = 2

/** A loop without a shard to fetch checks again after this time. */
const MAX_IDLE_WAIT_MS = 10_000

/** The timeout of a fetch doubles after each timeout, up to this number of times. */
const MAX_DOUBLINGS = 2

/**
 * The next fetch is sent before a response of at least this size is read. A smaller response means the end
 * of a shard, where reading first delivers the records sooner.
 */
const SEND_AHEAD_FROM_BYTES = 65_536

/** A complete response that is not read yet, and the time since its request. */
interface Arrival {
  readonly response: ArrivedResponse<FetchResponse>
  readonly spanMs: number
}

/** A fetch that was sent. */
interface SentFetch {
  readonly connection: Connection
  readonly asked: FetchPositions
  readonly arrival: Promise<Arrival>
}

/**
 * Fetches the shards that one broker leads. The loop reads one response while one fetch is under way, so
 * each broker has at most two responses in memory.
 */
export class FetchLoop {
  readonly #nodeId: number
  readonly #context: FetchLoopContext
  readonly #wakeup: Wakeup
  readonly #size = new FetchMaxBytes()
  /**
   * Whether the last large response was read up to the offsets in its batch headers. If not, the response
   * to the fetch that was sent ahead is discarded.
   */
  #isReadWhole = true

  constructor(nodeId: number, context: FetchLoopContext) {
    this.#nodeId = nodeId
    this.#context = context
    this.#wakeup = new Wakeup(context.clock)
  }

  /** Ends a wait: a shard can be fetched now, or the loop must end. */
  wake(): void {
    this.#wakeup.wake()
  }

  /** Runs until the signal aborts. @throws an error that a retry cannot fix */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, onEvent } = this.#context
    const retries = new RetryBackoff()
    let sent: SentFetch | null = null
    while (!isAborted(signal)) {
      try {
        sent ??= await this.#sendFirst(retries.failures)
        if (!sent) {
          await this.#wakeup.wait(this.#idleWaitMs)
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
    // Connecting can take seconds. Meanwhile shards can move to another leader, or be paused or revoked.
    const asked = new Map(this.#due().map((shard) => [shard, shard.position()]))
    const maxWaitMs = fetchWait.next([...shards.values()])
    const extraTimeoutMs = SILENCE_TIMEOUT_MS * (2 ** Math.min(failures, MAX_DOUBLINGS) - 1)
    return this.#send(connection, asked, { maxWaitMs, extraTimeoutMs })
  }

  /** @returns null if nothing is asked */
  #send(
    connection: Connection,
    asked: FetchPositions,
    { maxWaitMs, extraTimeoutMs }: { maxWaitMs: number; extraTimeoutMs: number },
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
      .request(request, maxWaitMs + extraTimeoutMs)
      .then((response) => ({ response, spanMs: clock.monotonic() - sentMs }))
    // This request can fail while the previous response is read.
    arrival.catch(() => undefined)
    return { connection, asked, arrival }
  }

  /**
   * Reads a response and delivers its records.
   *
   * @returns the fetch that was sent ahead; null if none was
   * @throws BrokerError of a whole response
   */
  async #receive({ connection, asked, arrival }: SentFetch): Promise<SentFetch | null> {
    const { fetchWait, responseHandler } = this.#context
    const { response: arrived, spanMs } = await arrival
    this.#size.arrived(arrived.body.length, spanMs)
    const nextOffsets = this.#nextOffsetsOf(arrived)
    const ahead = nextOffsets && this.#positionsAhead(asked, nextOffsets)
    const next =
      ahead && this.#send(connection, ahead, { maxWaitMs: fetchWait.ahead, extraTimeoutMs: 0 })
    const response = await arrived.read()
    if (response.errorCode !== 0) throw new BrokerError('Fetch', response.errorCode)
    if (response.shards.length === 0) throw new MalformedResponseError('a fetch without shards')
    fetchWait.responded(responseHandler.handle(response, asked))
    if (nextOffsets) this.#isReadWhole = this.#hasReached(nextOffsets)
    // Lets the flow receive these records before the next fetch.
    for (let turn = 0; turn < TURNS_TO_THE_FLOW; turn++) await nextTurn()
    return next
  }

  /** Null for a small response. */
  #nextOffsetsOf({ body, version }: ArrivedResponse<FetchResponse>): NextOffsets | null {
    if (body.length < SEND_AHEAD_FROM_BYTES) return null
    return nextOffsetsOf(body, version, this.#context.settings.logstore)
  }

  /** Positions that can be fetched before the response to `asked` is read. Shards in that response come last. */
  #positionsAhead(asked: FetchPositions, nextOffsets: NextOffsets): FetchPositions {
    // A buffered response and another fetch would make three responses in memory.
    if (!this.#isReadWhole || this.#shards.some(({ hasBuffered }) => hasBuffered)) return new Map()
    const first: [FetchState, FetchPosition][] = []
    const last: [FetchState, FetchPosition][] = []
    for (const shard of this.#due()) {
      const before = asked.get(shard)
      // Moved meanwhile, or not asked for before.
      if (!before || !shard.isCurrent(before)) first.push([shard, shard.position()])
      else {
        const offset = nextOffsets.get(shard.shard)
        if (offset === null) first.push([shard, before])
        else if (offset !== undefined) last.push([shard, shard.position(offset)])
      }
    }
    return new Map([...first, ...last])
  }

  /** Whether each shard was read up to the offset that follows its last batch header. */
  #hasReached(nextOffsets: NextOffsets): boolean {
    return [...nextOffsets].every(([id, promised]) => {
      const shard = this.#context.shards.get(id)
      return promised === null || shard === undefined || shard.next === promised
    })
  }

  get #shards(): FetchState[] {
    return [...this.#context.shards.values()].filter(({ nodeId }) => nodeId === this.#nodeId)
  }

  /** Shards in the last responses come last, because an oversized batch arrives only as the first of a response. */
  #due(): FetchState[] {
    if (this.#context.isSuspended()) return []
    const now = this.#context.clock.monotonic()
    return this.#shards
      .filter((shard) => shard.isDue(now))
      .sort((one, other) => one.servedIn - other.servedIn)
  }

  /** Milliseconds until a failing shard is due. */
  get #idleWaitMs(): number {
    const now = this.#context.clock.monotonic()
    return this.#shards.reduce((waitMs, { retryAtMs }) => {
      return retryAtMs > now ? Math.min(waitMs, retryAtMs - now) : waitMs
    }, MAX_IDLE_WAIT_MS)
  }
}
