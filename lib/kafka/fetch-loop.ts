import { isAborted } from '../abort'
import { MalformedResponseError } from './connection-errors'
import { FETCH_MAX_BYTES, FETCH_MIN_BYTES, SILENCE_TIMEOUT } from './constants'
import { BROKER_NOT_AVAILABLE, BrokerError } from './error-codes'
import { nextTurn } from './event-loop'
import { endsMembership, prepareRetry } from './failures'
import { fetchShards } from './fetch-request'
import type { FetchShard } from './fetch-shard'
import type { FetchWait } from './fetch-wait'
import type { FetcherParts, FetcherSettings } from './fetcher'
import type { FetchEvent, ResponseReader } from './response-reader'
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

/** Fetches the shards that one broker leads, one request after the other. */
export class FetchLoop {
  readonly #nodeId: number
  readonly #context: FetchLoopContext
  readonly #wakeup: Wakeup

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
    while (!isAborted(signal)) {
      if (this.#due().length === 0) {
        await this.#wakeup.wait(this.#napMs)
        continue
      }
      try {
        await this.#fetch(retries.failures)
        retries.reset()
      } catch (error) {
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

  /** One fetch, and the delivery of what it brought. @throws BrokerError of a whole response */
  async #fetch(failures: number): Promise<void> {
    const { cluster, settings, fetchWait, reader, shards } = this.#context
    const broker = cluster.broker(this.#nodeId)
    if (!broker) throw new BrokerError('Metadata', BROKER_NOT_AVAILABLE)
    const connection = await cluster.connection(broker, 'fetch')
    // A connection can take seconds: by then shards can have another leader, or be paused or lost.
    const due = this.#due()
    if (due.length === 0) return
    const asked = new Map(due.map((shard) => [shard, shard.epoch]))
    const { logstore, maxBytesPerShard } = settings
    const maxWaitMs = fetchWait.next([...shards.values()])
    const request = fetchShards({
      logstore,
      maxWaitMs,
      minBytes: FETCH_MIN_BYTES,
      maxBytes: FETCH_MAX_BYTES,
      shards: due.map(({ shard, next }) => ({
        shard,
        offset: next ?? 0n,
        maxBytes: maxBytesPerShard,
      })),
    })
    const patienceMs = SILENCE_TIMEOUT * (2 ** Math.min(failures, MOST_DOUBLINGS) - 1)
    const response = await connection.send(request, maxWaitMs + patienceMs)
    if (response.errorCode !== 0) throw new BrokerError('Fetch', response.errorCode)
    if (response.shards.length === 0) throw new MalformedResponseError('a fetch without shards')
    fetchWait.answered(reader.read(response, asked))
    // The next fetch follows when what came is on its way to the flow.
    for (let turn = 0; turn < TURNS_TO_THE_FLOW; turn++) await nextTurn()
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
