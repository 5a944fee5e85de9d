import type { Clock } from '../clock'
import type { AckOptions, BatchLimits } from '../config/consumer-options'
import { SlsKafkaError } from '../errors'
import { CommittableOffset } from './committable-offset'
import { attemptsOf, delayAfter, isExhausted, isFailing, type Delivery } from './delivery'
import type { FlowOutput } from './flow-output'
import { InFlightShare, type InFlightLimit } from './in-flight-limit'
import { InFlightWindow } from './in-flight-window'
import type { FirstTimes } from './interrupted-records'
import type { Stamp } from './message'
import type { Failure, Reason } from './outcome'
import type { ShardProcessor } from './processor'
import type { Retrying, ShardProgress, Unanswered } from './progress'
import type { ReadRecord } from './read-record'
import type { ShardQueue } from './shard-queue'
import { progressOf, retryingIn, unansweredIn } from './shard-progress'
import { formatToken, tokenPrefix } from './token'
import { UncommittedRecords } from './uncommitted-records'

/** How long other retries wait for the outcome of a retry, without an ack timeout. */
const RETRY_TIMEOUT_MS = 5_000

type ExhaustedCode = 'SLS_ATTEMPTS_EXHAUSTED' | 'SLS_REJECTED'

/** Records that become one message. */
interface NewMessage {
  readonly records: ReadRecord[]
  readonly payloads: unknown[]
  /** Why the value of its only record cannot be decoded; null if it can. */
  readonly error: SlsKafkaError | null
  /** See `Delivery.recordNumbers`. */
  readonly recordNumbers: number[]
  bytes: number
}

/** Options that all processors of a membership share. */
export interface OnAckOptions {
  readonly ack: AckOptions
  readonly batch: BatchLimits
  /** Queued bytes up to which the shard can be fetched again. */
  readonly lowMark: number
  readonly clock: Clock
  readonly output: FlowOutput
  readonly limit: InFlightLimit
  /** See `Token`. */
  readonly membership: string
  /** When the commit under way was sent, monotonic; null if there is none. */
  readonly commitSentAtMs: () => number | null
  /** Called when a delivery is done. */
  readonly onDone: (delivery: Delivery, processor: OnAckProcessor) => void
}

/** Processor for `commit: onAck`: a record is done when the flow has acknowledged it. */
export class OnAckProcessor implements ShardProcessor {
  readonly queue: ShardQueue
  readonly committable: CommittableOffset
  readonly share: InFlightShare
  /** See `Token`. */
  readonly assignment: number
  readonly window: InFlightWindow
  readonly #options: OnAckOptions
  readonly #uncommitted: UncommittedRecords
  readonly #tokenPrefix: string
  /** When the flow last reported an outcome; monotonic. */
  #lastOutcomeMs: number

  constructor(queue: ShardQueue, assignment: number, options: OnAckOptions) {
    const { ack, limit, clock, membership } = options
    this.queue = queue
    this.assignment = assignment
    this.#tokenPrefix = tokenPrefix({ membership, assignment, shard: queue.shard })
    this.#options = options
    this.share = new InFlightShare(limit)
    // The ack timeout already bounds the wait for an outcome.
    this.window = new InFlightWindow(
      this.share,
      ack.timeoutMs === null ? RETRY_TIMEOUT_MS : Infinity,
    )
    this.committable = new CommittableOffset(() => this.#doneOffset(), { isDelayed: false })
    this.#uncommitted = new UncommittedRecords(limit.maxSpan)
    this.#lastOutcomeMs = clock.monotonic()
    queue.delay.begin(this.window)
  }

  get bytes(): number {
    return this.queue.bytes + this.window.bytes
  }

  get isFull(): boolean {
    return this.#room(this.#options.clock.monotonic()) === 0
  }

  get isLow(): boolean {
    return this.queue.bytes <= this.#options.lowMark
  }

  /** Whether so many records are done and not committed that a commit must not wait for its interval. */
  get isCommitDue(): boolean {
    const wanted = this.#options.limit.maxSpan / 2
    // `sent` is an upper bound of `donePrefix`, and is cheaper to read.
    if (this.#uncommitted.committable(this.window.sent) < wanted) return false
    return this.#uncommitted.committable(this.window.donePrefix) >= wanted
  }

  dueAtMs(nowMs: number): number | null {
    const retryAtMs = this.window.nextRetry()?.atMs ?? null
    const newAtMs = this.#room(nowMs) === 0 ? null : this.queue.dueAtMs(this.#options.batch)
    if (retryAtMs === null || newAtMs === null) return retryAtMs ?? newAtMs
    return Math.min(retryAtMs, newAtMs)
  }

  sendNext(nowMs: number, wallTime: number): number {
    const retry = this.window.nextRetry()
    if (!retry || retry.atMs > nowMs) return this.#sendNew(nowMs, wallTime)
    this.window.resend(retry.delivery, nowMs)
    this.#sendAgain(retry.delivery)
    return 0
  }

  /**
   * Counts an ack. An attempt that timed out counts too, because its work is done.
   *
   * An attempt that the flow has reported as failed does not count: some nodes, for example HTTP request,
   * report an error and then complete.
   */
  acked(delivery: Delivery, attempt: number): void {
    if (attempt > delivery.failedAttempt) this.#done(delivery)
  }

  /**
   * Counts a nack or a reject.
   *
   * @returns false if the outcome is stale, because only the newest attempt counts
   */
  failed(delivery: Delivery, attempt: number, failure: Failure): boolean {
    if (delivery.attempt !== attempt || delivery.state.name !== 'sent') return false
    this.#lastOutcomeMs = this.#options.clock.monotonic()
    delivery.failedAttempt = attempt
    if (failure.kind === 'reject') this.#exhaust(delivery, 'SLS_REJECTED', failure.reason)
    else this.#retry(delivery, failure.reason, failure)
    return true
  }

  /** Fails all attempts that were sent before a monotonic time and have no outcome. */
  expire(sentBeforeMs: number): void {
    for (const delivery of this.window.sentBefore(sentBeforeMs)) {
      this.#retry(delivery, { key: 'not-acked' }, {})
    }
  }

  /**
   * Sends lost records again at once: those that were sent before a monotonic time and have no outcome.
   * Restarted nodes have lost them, so no failure is counted.
   *
   * @returns how many records
   */
  resendLost(sentBeforeMs: number): number {
    const lost = this.window.sentBefore(sentBeforeMs)
    for (const delivery of lost) {
      this.#retry(delivery, { key: 'restarted' }, null)
    }
    return lost.reduce((sum, { records }) => sum + records.length, 0)
  }

  committed(offset: bigint): void {
    this.committable.setCommitted(offset)
    this.#uncommitted.committed(offset)
  }

  resetOffsets(): void {
    this.queue.resetOffsets()
    this.committable.reset()
    this.#uncommitted.resetOffsets(this.window.sent + this.queue.length)
    this.window.resetOffsets(this.queue.length)
  }

  /** Sends the records that stop the shard again. @returns whether there are any */
  restart(nowMs: number): boolean {
    return this.window.restart(nowMs)
  }

  /** Reports the record that stops the shard, and counts it as done. */
  skip(): void {
    const delivery = this.window.stoppedBy?.delivery
    if (!delivery) return
    const { shard } = this.queue
    const { offset, records } = delivery
    const last = records.at(-1)?.offset ?? offset
    const error = new SlsKafkaError('SLS_SKIPPED', { shard, first: offset, last })
    this.#options.output.reportExhausted(records, shard, this.#stamp(delivery), error)
    this.#done(delivery)
  }

  progress(): ShardProgress {
    return progressOf(this, this.#options.clock)
  }

  /** The record that has failed for over a minute; null if there is none or the user has paused the shard. */
  retrying(): Retrying | null {
    return retryingIn(this, this.#options.clock.monotonic())
  }

  /** Records that have waited over a minute for an outcome; null if there are none. @param nowMs monotonic */
  unanswered(nowMs: number): Unanswered | null {
    return unansweredIn(this, this.#lastOutcomeMs, nowMs)
  }

  /** Keeps the times of records that are not done, because the next member of the shard sends them again. */
  interrupt(): void {
    this.queue.delay.interrupted.add(
      this.window.deliveries().map((delivery) => ({
        offset: BigInt(delivery.offset),
        sentAtMs: delivery.firstSentAtMs,
        // A record that stops the shard starts again with attempt 1.
        failedAtMs: isFailing(delivery) ? delivery.firstFailedAtMs : null,
      })),
    )
  }

  /** Proposes the offset after all records that are done without a gap; null if it is unknown. */
  #doneOffset(): bigint | null {
    const { oldest, isOffsetKnown, donePrefix } = this.window
    if (!isOffsetKnown) return null
    const offset = oldest ? BigInt(oldest.offset) : this.queue.sentTo
    if (offset !== null) this.#uncommitted.propose(offset, donePrefix)
    return offset
  }

  /** How many records can be sent now; 0 while records in flight can make room for a whole message batch. */
  #room(nowMs: number): number {
    const { batch, commitSentAtMs } = this.#options
    const aheadRoom = this.#uncommitted.room(this.window, commitSentAtMs(), nowMs)
    const room = Math.min(this.share.room, aheadRoom)
    const wanted = Math.min(batch.size, Math.max(1, this.queue.length))
    return room >= wanted || this.window.inFlight === 0 ? room : 0
  }

  #sendNew(nowMs: number, wallTime: number): number {
    const { batch } = this.#options
    // A processor is due only while there is room for one record.
    if (batch.size === 1) return this.#sendOne(nowMs, wallTime)
    const count = Math.min(batch.size, this.#room(nowMs))
    const { messages, taken } = this.#takeMessages(count, nowMs, wallTime)
    // The messages are ordered by their first offset, as the window requires.
    const deliveries = messages.map(({ records, bytes, recordNumbers }) =>
      this.window.open(records, bytes, nowMs, this.#takeInterrupted(records), recordNumbers),
    )
    // All deliveries are opened before any is sent: a record outside the window counts as done.
    deliveries.forEach((delivery, index) => {
      const message = messages[index]
      if (message) this.#send(delivery, message.payloads, message.error)
    })
    return taken
  }

  /** The same as `#sendNew` for one record, without the lists of a message batch. */
  #sendOne(nowMs: number, wallTime: number): number {
    const { output } = this.#options
    const { shard, delay } = this.queue
    const records: ReadRecord[] = []
    let bytes = 0
    this.queue.take(1, nowMs, (fetched) => {
      records.push(output.read(fetched, shard))
      bytes = fetched.size
    })
    const [record] = records
    if (!record) return 0
    const { payload, error } = output.decode(record, shard)
    delay.sent(record.timestamp, wallTime)
    const earlier = this.#takeInterrupted(records)
    const delivery = this.window.open(records, bytes, nowMs, earlier)
    this.#send(delivery, [payload], error)
    return 1
  }

  /** Puts all decodable records into one message, and each undecodable record into its own. */
  #takeMessages(
    count: number,
    nowMs: number,
    wallTime: number,
  ): { messages: NewMessage[]; taken: number } {
    const { output } = this.#options
    const { shard, delay } = this.queue
    const messages: NewMessage[] = []
    let good: NewMessage | null = null
    let recordNumber = this.window.sent
    const taken = this.queue.take(count, nowMs, (fetched) => {
      const record = output.read(fetched, shard)
      const { payload, error } = output.decode(record, shard)
      if (good && !error) {
        good.records.push(record)
        good.payloads.push(payload)
        good.recordNumbers.push(recordNumber)
        good.bytes += fetched.size
      } else {
        const message = {
          records: [record],
          payloads: [payload],
          error,
          recordNumbers: [recordNumber],
          bytes: fetched.size,
        }
        messages.push(message)
        if (!error) good = message
      }
      delay.sent(record.timestamp, wallTime)
      recordNumber++
    })
    return { messages, taken }
  }

  /** Returns when records of an earlier membership were first sent and failed; null for new records. */
  #takeInterrupted(records: readonly ReadRecord[]): FirstTimes | null {
    const { interrupted } = this.queue.delay
    return interrupted.take(records[0]?.offset ?? '', records.at(-1)?.offset ?? '')
  }

  /** Decodes again, because the flow can have changed the earlier message. */
  #sendAgain(delivery: Delivery): void {
    const { output } = this.#options
    const values = delivery.records.map((record) => output.decode(record, this.queue.shard))
    const payloads = values.map(({ payload }) => payload)
    this.#send(delivery, payloads, values[0]?.error ?? null)
  }

  #send(delivery: Delivery, payloads: unknown[], error: SlsKafkaError | null): void {
    if (error) {
      this.#undecodable(delivery, payloads, error)
      return
    }
    const { output } = this.#options
    const { records } = delivery
    if (output.send(records, payloads, this.queue.shard, this.#stamp(delivery))) return
    if (records.length === 1) {
      // The failure was reported, and another attempt would fail again.
      this.#done(delivery)
      return
    }
    this.window.split(delivery).forEach((single, index) => {
      this.#send(single, [payloads[index]], null)
    })
  }

  /** Ends an undecodable record without a retry: it is done, or a dead letter. */
  #undecodable(delivery: Delivery, [payload]: readonly unknown[], error: SlsKafkaError): void {
    const { output, ack } = this.#options
    const [record] = delivery.records
    const stamp = this.#stamp(delivery)
    if (record) {
      output.reportUndecodable({ record, value: { payload, error } }, this.queue.shard, stamp)
    }
    if (ack.onExhausted === 'output') this.#sendDeadLetter(delivery, error)
    else this.#done(delivery)
  }

  #done(delivery: Delivery): void {
    if (!this.window.done(delivery)) return
    const nowMs = this.#options.clock.monotonic()
    this.#lastOutcomeMs = nowMs
    this.#uncommitted.done(delivery.records.length, nowMs)
    this.#options.onDone(delivery, this)
  }

  /** @param failure shared by all deliveries that fail together; null if restarted nodes lost the delivery */
  #retry(delivery: Delivery, reason: Reason, failure: object | null): void {
    // Another outcome of the same report can have ended this delivery.
    if (delivery.state.name !== 'sent' || !this.window.has(delivery)) return
    const { ack, clock } = this.#options
    const nowMs = clock.monotonic()
    if (failure) delivery.firstFailedAtMs ??= nowMs
    const attempts = attemptsOf(delivery)
    if (delivery.isDeadLetter || isExhausted(attempts, ack)) {
      this.#exhaust(delivery, 'SLS_ATTEMPTS_EXHAUSTED', reason)
    } else {
      this.window.retryAt(delivery, failure ? nowMs + delayAfter(attempts, ack) : nowMs, failure)
    }
  }

  #exhaust(delivery: Delivery, code: ExhaustedCode, reason: Reason): void {
    const { output, ack } = this.#options
    const { shard } = this.queue
    const { offset, records } = delivery
    const isLost = 'key' in reason && reason.key === 'restarted'
    // A dead letter that fails can only stop its shard.
    const outcome = delivery.isDeadLetter && !isLost ? 'stop' : ack.onExhausted
    const params = { shard, offset, attempts: attemptsOf(delivery), outcome }
    const why = 'text' in reason ? { reason: reason.text } : { reasonKey: reason.key }
    const error = new SlsKafkaError(code, { ...params, ...why })
    if (outcome === 'output') {
      this.#sendDeadLetter(delivery, error)
      return
    }
    output.reportExhausted(records, shard, this.#stamp(delivery), error)
    if (outcome === 'stop') this.window.stop(delivery, code)
    else this.#done(delivery)
  }

  /** Sends a dead letter, which stays in flight with a token of its own until it is acknowledged. */
  #sendDeadLetter(delivery: Delivery, error: SlsKafkaError): void {
    const { output, clock } = this.#options
    delivery.isDeadLetter = true
    this.window.resend(delivery, clock.monotonic())
    const stamp = this.#stamp(delivery)
    const isSent = output.sendDeadLetter(delivery.records, this.queue.shard, stamp, error)
    if (!isSent) this.#done(delivery)
  }

  #stamp(delivery: Delivery): Stamp {
    const token = formatToken(this.#tokenPrefix, delivery.recordNumber, delivery.attempt)
    return { attempt: attemptsOf(delivery), token }
  }
}
