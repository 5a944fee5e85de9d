import { toWallTime, type Clock } from '../clock'
import { AckedLedger } from './acked-ledger'
import { delayAfter, isExhausted, isFailing, triesOf, type Delivery } from './delivery'
import type { InFlightLimit } from './in-flight-limit'
import type { FirstTimes } from './interrupted-records'
import { Shard } from './shard-queue'
import type { ShardDelay } from './shard-delay'
import { formatToken, type Token } from './token'
import { Window } from './in-flight-window'
import { SlsKafkaError } from '../errors'
import type { FetchedRecord } from '../kafka/source'
import type { AckOptions, BatchLimits } from '../config/consumer-options'
import type { FailedAnswer, Reason } from './outcome'
import type { Retrying, Unanswered } from './progress'
import type { DecodedRecord } from './decoded-record'
import type { Lane } from './lane'
import type { ShardProgress } from './progress'
import type { Stamp } from './message'
import type { FlowOutput } from './flow-output'

/** Milliseconds without an answer after which it is likely that none will come. */
const UNANSWERED_AFTER = 60_000

/** Milliseconds from the first failure of a record after which its retries are worth a warning. */
const RETRYING_AFTER = 60_000

/** Milliseconds that what was sent again may be unanswered before the next is sent again as well. */
const RETRY_PATIENCE = 5_000

type GivenUpCode = 'SLS_ATTEMPTS_EXHAUSTED' | 'SLS_REJECTED'

type RecordDelivery = Delivery<FetchedRecord>

/** Records that are sent together, or one that cannot be decoded. */
interface Group {
  readonly records: FetchedRecord[]
  readonly decoded: DecodedRecord[]
}

export interface AckLaneOptions {
  readonly shard: number
  readonly delay: ShardDelay
  readonly incarnation: string
  /** Numbers the assignments, so that a token of an earlier one never matches. */
  readonly nextEpoch: () => number
  readonly ack: AckOptions
  readonly batch: BatchLimits
  /** Bytes queued below which it is time to fetch. */
  readonly lowMark: number
  readonly clock: Clock
  readonly outbox: FlowOutput
  readonly limit: InFlightLimit
  readonly onDone: (delivery: RecordDelivery, window: Window<FetchedRecord>) => void
}

/** One shard's records on their way through a flow that acknowledges them. */
export class AckLane implements Lane {
  readonly shard: Shard<FetchedRecord>
  readonly window: Window<FetchedRecord>
  readonly #options: AckLaneOptions
  /** Monotonic. */
  #lastAnswerMs: number

  constructor(options: AckLaneOptions) {
    const { ack, shard, delay, nextEpoch, limit, clock } = options
    this.#options = options
    // With a time-out, what is not answered has failed.
    const patienceMs = ack.timeout === null ? RETRY_PATIENCE : Infinity
    this.window = new Window(shard, nextEpoch(), limit.changed, patienceMs)
    this.shard = new Shard(shard, new AckedLedger(this.window), delay)
    delay.begin(this.window)
    this.#lastAnswerMs = clock.monotonic()
  }

  get bytes(): number {
    return this.shard.queue.bytes + this.window.bytes
  }

  get isFull(): boolean {
    return this.#room() === 0
  }

  get isLow(): boolean {
    return this.shard.queue.bytes <= this.#options.lowMark
  }

  dueAtMs(): number | null {
    const retryAtMs = this.window.nextRetry()?.atMs ?? null
    const newAtMs = this.isFull ? null : this.shard.dueAtMs(this.#options.batch)
    if (retryAtMs === null || newAtMs === null) return retryAtMs ?? newAtMs
    return Math.min(retryAtMs, newAtMs)
  }

  sendNext(nowMs: number, wallTime: number): number {
    const retry = this.window.nextRetry()
    if (!retry || retry.atMs > nowMs) return this.#sendNew(nowMs, wallTime)
    this.window.resend(retry.delivery, nowMs)
    this.#give(retry.delivery, this.#decode(retry.delivery))
    return 0
  }

  /**
   * Whether an ack counts. The work is done whichever attempt it was that did it, also one that was
   * given up for taking too long; but not one that the flow itself has called failed: some nodes, as
   * HTTP request, tell of a failure and then complete.
   */
  isLive(token: Token): boolean {
    return this.#live(token) !== undefined
  }

  acked(token: Token): void {
    const delivery = this.#live(token)
    if (delivery) this.#done(delivery)
  }

  /** @returns whether it counts: only for the newest attempt, because an older one was given up already */
  failed({ epoch, offset, attempt }: Token, given: FailedAnswer): boolean {
    const delivery = this.window.find(epoch, offset)
    if (delivery?.attempt !== attempt || delivery.state.name !== 'sent') return false
    this.#lastAnswerMs = this.#options.clock.monotonic()
    delivery.failedAttempt = attempt
    if (given.verdict === 'reject') this.#giveUp(delivery, 'SLS_REJECTED', given.reason)
    else this.#retry(delivery, given.reason, given)
    return true
  }

  /** What was sent before this monotonic moment and is not answered counts as failed. */
  expire(sentBeforeMs: number): void {
    for (const delivery of this.window.sentBefore(sentBeforeMs))
      this.#retry(delivery, { key: 'not-acked' })
  }

  /**
   * What was sent before this monotonic moment and is not answered was dropped by the flow, which has not
   * failed: all of it is sent again at once. @returns how many records
   */
  resendDropped(sentBeforeMs: number): number {
    const dropped = this.window.sentBefore(sentBeforeMs)
    for (const delivery of dropped) this.#retry(delivery, { key: 'restarted' })
    return dropped.reduce((sum, { records }) => sum + records.length, 0)
  }

  positionReset(): void {
    this.shard.ledger.reset()
    this.window.reset(this.#options.nextEpoch(), this.shard.queue.length)
  }

  release(nowMs: number): boolean {
    return this.window.release(nowMs)
  }

  skip(): void {
    const { held } = this.window
    if (!held) return
    const { shard, offset, records } = held
    const last = records.at(-1)?.offset ?? offset
    const error = new SlsKafkaError('SLS_SKIPPED', { shard, first: offset, last })
    this.#options.outbox.reportGivenUp(this.#decode(held), shard, this.#stamp(held), error)
    this.#done(held)
  }

  progress(): ShardProgress {
    const { oldest, inFlight, heldBy, oldestInFlightAtMs, nextAttemptAtMs } = this.window
    const isWaiting = nextAttemptAtMs !== null && !this.shard.isPausedBy('user')
    return {
      inFlight,
      oldestSeconds: oldestInFlightAtMs === null ? 0 : this.#secondsSince(oldestInFlightAtMs),
      attempts: oldest ? triesOf(oldest) : 0,
      nextAttemptAt: isWaiting ? toWallTime(this.#options.clock, nextAttemptAtMs) : null,
      stoppedBy: heldBy,
    }
  }

  /** Null also in a pause, in which nothing is sent again. */
  retrying(): Retrying | null {
    const delivery = this.shard.isPausedBy('user') ? null : this.window.failingLongest()
    const failedAtMs = delivery?.first.failedAtMs ?? null
    if (!delivery || failedAtMs === null) return null
    if (this.#options.clock.monotonic() - failedAtMs < RETRYING_AFTER) return null
    const { shard, offset } = delivery
    return { shard, offset, attempts: triesOf(delivery), seconds: this.#secondsSince(failedAtMs) }
  }

  interrupt(): void {
    const undone = this.window.deliveries().map((delivery) => ({
      offset: BigInt(delivery.offset),
      sentAtMs: delivery.first.sentAtMs,
      // What was given up is tried as if for the first time.
      failedAtMs: isFailing(delivery) ? delivery.first.failedAtMs : null,
    }))
    this.shard.delay.interrupted.add(undone)
  }

  /** @param nowMs monotonic */
  unanswered(nowMs: number): Unanswered | null {
    const oldest = this.window.oldestSent()
    if (!oldest) return null
    const sinceMs = Math.max(oldest.atMs, this.#lastAnswerMs)
    if (nowMs - sinceMs < UNANSWERED_AFTER) return null
    return {
      shard: this.shard.id,
      offset: oldest.delivery.offset,
      seconds: Math.round((nowMs - oldest.atMs) / 1000),
      isFull: this.isFull || this.shard.isPausedBy('full'),
    }
  }

  #live({ epoch, offset, attempt }: Token): RecordDelivery | undefined {
    const delivery = this.window.find(epoch, offset)
    return delivery && attempt > delivery.failedAttempt ? delivery : undefined
  }

  /** How many records may be sent now. A batch is not torn while it could still become whole. */
  #room(): number {
    const { limit, batch } = this.#options
    const room = limit.room(this.window)
    const wanted = Math.min(batch.size, Math.max(1, this.shard.queue.length))
    return room >= wanted || this.window.inFlight === 0 ? room : 0
  }

  #sendNew(nowMs: number, wallTime: number): number {
    const { batch, outbox } = this.#options
    const { shard } = this
    const groups: Group[] = []
    let good: Group | null = null
    const taken = shard.take(Math.min(batch.size, this.#room()), nowMs)
    for (const record of taken) {
      const { kept, decoded } = outbox.keep(record, shard.id)
      if (good && !decoded.error) {
        good.records.push(kept)
        good.decoded.push(decoded)
      } else {
        const group = { records: [kept], decoded: [decoded] }
        groups.push(group)
        if (!decoded.error) good = group
      }
      shard.delay.sent(decoded.timestamp, wallTime)
    }
    // By offset, as the window takes them: those that go together stand where the first of them does.
    const deliveries = groups.map(({ records }) =>
      this.window.open(records, nowMs, this.#firstTimesOf(records, nowMs)),
    )
    // All are in the window before the first of them can be done: what is not in it counts as done.
    deliveries.forEach((delivery, index) => {
      this.#give(delivery, groups[index]?.decoded ?? [])
    })
    return taken.length
  }

  /** What was in flight in an earlier membership has waited since then. */
  #firstTimesOf(records: readonly FetchedRecord[], nowMs: number): FirstTimes {
    const [first, last] = [records[0]?.offset ?? '', records.at(-1)?.offset ?? '']
    const known = this.shard.delay.interrupted.take(first, last)
    return known ?? { sentAtMs: nowMs, failedAtMs: null }
  }

  /** Anew each time, because the flow may have changed what it was given. */
  #decode(delivery: RecordDelivery): DecodedRecord[] {
    return delivery.records.map((record) => this.#options.outbox.decode(record, delivery.shard))
  }

  #give(delivery: RecordDelivery, decoded: readonly DecodedRecord[]): void {
    const [first] = decoded
    if (first?.error) this.#undecodable(delivery, first, first.error)
    else this.#send(delivery, decoded)
  }

  #send(delivery: RecordDelivery, records: readonly DecodedRecord[]): void {
    const { outbox } = this.#options
    if (outbox.send(records, delivery.shard, this.#stamp(delivery))) return
    if (records.length === 1) {
      // What the flow could not be given was reported, and would fail again.
      this.#done(delivery)
      return
    }
    this.window.split(delivery).forEach((single, index) => {
      this.#send(single, records.slice(index, index + 1))
    })
  }

  /** It would fail each time, so it is not sent again: it is done, or a dead letter. */
  #undecodable(delivery: RecordDelivery, decoded: DecodedRecord, error: SlsKafkaError): void {
    const { outbox, ack } = this.#options
    outbox.reportUndecodable(decoded, delivery.shard, this.#stamp(delivery))
    if (ack.onExhausted === 'output') this.#sendDeadLetter(delivery, error)
    else this.#done(delivery)
  }

  #done(delivery: RecordDelivery): void {
    this.#lastAnswerMs = this.#options.clock.monotonic()
    this.window.done(delivery)
    this.#options.onDone(delivery, this.window)
  }

  /** @param group what all have in common that fail together; absent if it fails by itself */
  #retry(delivery: RecordDelivery, reason: Reason, group: object = {}): void {
    const { ack, clock } = this.#options
    const { first } = delivery
    if (!isDropped(reason)) {
      delivery.first = { ...first, failedAtMs: first.failedAtMs ?? clock.monotonic() }
    }
    if (delivery.isDeadLetter || isExhausted(triesOf(delivery), ack)) {
      this.#giveUp(delivery, 'SLS_ATTEMPTS_EXHAUSTED', reason)
    } else if (isDropped(reason)) {
      this.window.retryAt(delivery, clock.monotonic(), null)
    } else {
      this.window.retryAt(delivery, clock.monotonic() + delayAfter(triesOf(delivery), ack), group)
    }
  }

  #giveUp(delivery: RecordDelivery, code: GivenUpCode, reason: Reason): void {
    const { outbox, ack } = this.#options
    const { shard, offset } = delivery
    // A dead letter that fails as well has nowhere else to go.
    const outcome = delivery.isDeadLetter && !isDropped(reason) ? 'stop' : ack.onExhausted
    const params = { shard, offset, attempts: triesOf(delivery), outcome }
    const why = 'text' in reason ? { reason: reason.text } : { reasonKey: reason.key }
    const error = new SlsKafkaError(code, { ...params, ...why })
    if (outcome === 'output') {
      this.#sendDeadLetter(delivery, error)
      return
    }
    outbox.reportGivenUp(this.#decode(delivery), shard, this.#stamp(delivery), error)
    if (outcome === 'stop') {
      this.window.hold(delivery, code)
    } else {
      this.#done(delivery)
    }
  }

  /** It stays in flight, with a token of its own, until it is acknowledged there. */
  #sendDeadLetter(delivery: RecordDelivery, error: SlsKafkaError): void {
    const { outbox, clock } = this.#options
    delivery.isDeadLetter = true
    this.window.resend(delivery, clock.monotonic())
    const stamp = this.#stamp(delivery)
    const decoded = this.#decode(delivery)
    if (!outbox.sendDeadLetter(decoded, delivery.shard, stamp, error)) this.#done(delivery)
  }

  #secondsSince(atMs: number): number {
    return Math.round((this.#options.clock.monotonic() - atMs) / 1000)
  }

  #stamp(delivery: RecordDelivery): Stamp {
    const { incarnation } = this.#options
    const { shard, epoch, offset, attempt } = delivery
    const token = formatToken({ incarnation, shard, epoch, offset, attempt })
    return { attempt: triesOf(delivery), token }
  }
}

function isDropped(reason: Reason): boolean {
  return 'key' in reason && reason.key === 'restarted'
}
