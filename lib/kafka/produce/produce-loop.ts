import { isAborted, Wakeup } from '../../async'
import type { Connection } from '../connection/connection'
import { MalformedResponseError } from '../connection/connection-errors'
import { PRODUCE_TIMEOUT_MS } from '../constants'
import { BROKER_NOT_AVAILABLE, BrokerError } from '../cluster/error-codes'
import { prepareRetry } from '../cluster/error-actions'
import { produce, type ShardWritten } from './produce-request'
import type { OutgoingBatch, OutgoingRequest, ProducerParts } from './producer-types'
import { waitForRetry } from './retry-wait'
import { errorAction } from '../cluster/error-actions'
import { RetryBackoff, WRITE_BACKOFF } from '../../backoff'

export interface ProduceLoopContext extends ProducerParts {
  /** The shards that the broker of the loop leads now. */
  readonly shards: () => readonly number[]
  readonly onLeadersStale: () => void
}

/** Longest wait of a loop without a batch before its next check. */
const LONGEST_NAP_MS = 10_000
/**
 * The longest time for which a batch can grow after a response; at most as long as the response took. A flow that
 * waits for its acknowledgements sends the next logs then. Without this time, half of them would wait for a whole
 * request.
 */
const LONGEST_GROWTH_MS = 20
/** A broker counts as failing for this long without a log to write. The next log shows whether it does. */
const FAILING_MS = 60_000
/** A batch that has not grown for this time is sent. */
const QUIET_MS = 3

/** Writes to the shards that one broker leads, one request after the other. */
export class ProduceLoop {
  readonly #nodeId: number
  readonly #context: ProduceLoopContext
  readonly #wakeup: Wakeup
  /** How long the last request took. */
  #responseMs = 0
  /** Logs of the last request. */
  #requestLogs = 0
  /** The next batch grows until it has as many logs; 0 once it is sent as it is. */
  #expectedLogs = 0
  /** When the last attempt got no response, monotonic; null if it got one, or is too long ago. */
  #failedAtMs: number | null = null

  constructor(nodeId: number, context: ProduceLoopContext) {
    this.#nodeId = nodeId
    this.#context = context
    this.#wakeup = new Wakeup(context.clock)
  }

  /** The last attempt got no response, and was not a minute ago without a log to write since. */
  get isFailing(): boolean {
    return this.#failedAtMs !== null
  }

  /** A batch may be due that was not before, or the loop must end. A batch that still grows does not end the wait. */
  wake(): void {
    if (!this.#isGrowing) this.#wakeup.wake()
  }

  /** Runs until the signal aborts. */
  async run(): Promise<void> {
    const { clock, cluster, source, shards, signal, onEvent, onLeadersStale } = this.#context
    const retries = new RetryBackoff(WRITE_BACKOFF)
    while (!isAborted(signal)) {
      const dueInMs = source.dueInMs(shards())
      if (dueInMs > 0) {
        if (clock.monotonic() - (this.#failedAtMs ?? Infinity) >= FAILING_MS)
          this.#failedAtMs = null
        await this.#wakeup.wait(Math.min(dueInMs, LONGEST_NAP_MS))
        continue
      }
      try {
        await this.#write()
        retries.reset()
        await this.#letBatchGrow()
      } catch (error) {
        if (isAborted(signal)) return
        this.#failedAtMs = clock.monotonic()
        onEvent({ type: 'trouble', error })
        // The leader may have moved.
        onLeadersStale()
        prepareRetry(cluster, error, null)
        await waitForRetry(this.#context, retries.failed())
      }
    }
  }

  get #isGrowing(): boolean {
    const { source, signal } = this.#context
    return !isAborted(signal) && (source.growing ?? Infinity) < this.#expectedLogs
  }

  /** Waits for logs after a response, until there is one for each that was written, or no more come. */
  async #letBatchGrow(): Promise<void> {
    const { clock, source } = this.#context
    const endMs = clock.monotonic() + Math.min(LONGEST_GROWTH_MS, this.#responseMs)
    this.#expectedLogs = this.#requestLogs + (source.growing ?? 0)
    let logs: number | null = 0
    let quietAtMs = endMs
    for (let nowMs = clock.monotonic(); this.#isGrowing; nowMs = clock.monotonic()) {
      if (source.growing !== logs) quietAtMs = Math.min(endMs, nowMs + QUIET_MS)
      if (nowMs >= quietAtMs) break
      logs = source.growing
      await this.#wakeup.wait(Math.min(quietAtMs - nowMs, QUIET_MS))
    }
    this.#expectedLogs = 0
  }

  /** @throws the reason why no response came, or why a response cannot be decoded */
  async #write(): Promise<void> {
    const { cluster, source, shards } = this.#context
    const broker = cluster.broker(this.#nodeId)
    if (!broker) throw new BrokerError('Metadata', BROKER_NOT_AVAILABLE)
    const connection = await cluster.connection(broker, 'produce')
    // A connection can take seconds: the batches grow meanwhile, and shards can have another leader.
    const request = source.take(shards())
    if (!request) return
    const open = new Map(request.batches.map((batch) => [batch.shard, batch]))
    try {
      for (const result of await this.#send(connection, request)) {
        const batch = open.get(result.shard)
        open.delete(result.shard)
        if (batch) this.#settle(batch, result)
      }
      if (open.size > 0) throw new MalformedResponseError('a response without all of its shards')
    } catch (error) {
      for (const batch of open.values()) batch.settle({ type: 'unanswered', error })
      throw error
    }
  }

  async #send(
    connection: Connection,
    { topic, batches }: OutgoingRequest,
  ): Promise<readonly ShardWritten[]> {
    this.#requestLogs = batches.reduce((sum, { logs }) => sum + logs, 0)
    const shards = await Promise.all(
      batches.map(async (batch) => ({ shard: batch.shard, batch: await batch.encode() })),
    )
    const request = produce({ topic, timeoutMs: PRODUCE_TIMEOUT_MS, shards })
    const { clock } = this.#context
    const sentMs = clock.monotonic()
    const response = await connection.send(request, PRODUCE_TIMEOUT_MS)
    this.#responseMs = clock.monotonic() - sentMs
    this.#failedAtMs = null
    return response.shards
  }

  #settle(batch: OutgoingBatch, { errorCode, offset }: ShardWritten): void {
    if (errorCode === 0) {
      batch.settle({ type: 'written', offset })
      return
    }
    const { cluster, onLeadersStale } = this.#context
    const error = new BrokerError('Produce', errorCode)
    const action = errorAction('Produce', errorCode)
    // A shard that takes no records may have been split.
    if (action === 'refresh-metadata' || action === 'refused') onLeadersStale()
    prepareRetry(cluster, error, null)
    batch.settle({ type: 'refused', error })
  }
}
