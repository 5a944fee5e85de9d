import type { ErrorCode } from '../errors'
import { isFailing, type Delivery, type DeliveryState } from './delivery'
import type { InFlightShare } from './in-flight-limit'
import type { FirstTimes } from './interrupted-records'
import type { ReadRecord } from './read-record'
import { RetryTurn } from './retry-turn'
import { SlidingList } from './sliding-list'
import type { UndoneRecords } from './shard-delay'

/** A delivery, and a monotonic time that belongs to it. */
export interface DeliveryAt {
  readonly delivery: Delivery
  readonly atMs: number
}

type Waiting = Extract<DeliveryState, { name: 'waiting' }>

/**
 * One shard's span from its oldest uncommitted record to its newest sent record. A crash repeats this span.
 * The window keeps the deliveries that are not done, in the order of their offsets.
 */
export class InFlightWindow implements UndoneRecords {
  /** Deliveries by `recordNumber`, in the order of their offsets. */
  readonly #deliveries = new SlidingList<Delivery>()
  readonly #share: InFlightShare
  readonly #retryTurn: RetryTurn<Delivery>
  /** Records ever sent. */
  #sent = 0
  #bytes = 0
  /** Deliveries that wait for their next attempt. */
  readonly #waiting = new Set<Delivery>()
  /** Deliveries that stop the shard, the oldest first. */
  readonly #stopped = new Set<Delivery>()
  /** Records below this number were fetched before the last reset of offsets; -Infinity without a reset. */
  #firstAfterReset = -Infinity

  /**
   * @param share counts the records in flight
   * @param retryTimeoutMs see `RetryTurn`
   */
  constructor(share: InFlightShare, retryTimeoutMs = Infinity) {
    this.#share = share
    this.#retryTurn = new RetryTurn(retryTimeoutMs)
  }

  /** Records sent and not done, including those that wait for their next attempt. */
  get inFlight(): number {
    return this.#share.inFlight
  }

  /** Memory kept for further attempts, in bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** Records ever sent. */
  get sent(): number {
    return this.#sent
  }

  /** How many records were sent before the oldest one that is not done. */
  get donePrefix(): number {
    return this.oldest?.recordNumber ?? this.#sent
  }

  /** The delivery with the lowest offset that is not done; null if all are done. */
  get oldest(): Delivery | null {
    return this.#deliveries.first
  }

  /** Monotonic time at which the oldest record that is not done was first sent; null if all are done. */
  get oldestSentAtMs(): number | null {
    return this.oldest?.firstSentAtMs ?? null
  }

  /** Monotonic time at which the oldest record in flight was first sent; null if none is in flight. */
  get oldestInFlightAtMs(): number | null {
    for (const { state, firstSentAtMs } of this.#deliveries) {
      if (state.name !== 'stopped') return firstSentAtMs
    }
    return null
  }

  /** The oldest delivery that stops the shard; null if none does. */
  get stoppedBy(): { readonly delivery: Delivery; readonly code: ErrorCode } | null {
    for (const delivery of this.#stopped) {
      if (delivery.state.name === 'stopped') return { delivery, code: delivery.state.by }
    }
    return null
  }

  /** Whether a delivery waits for its next attempt, or has failed and is not done. */
  get isRetrying(): boolean {
    return this.#waiting.size > 0 || this.failingLongest() !== null
  }

  /** Monotonic time of the next attempt, which can be past; null if no delivery waits for one. */
  get nextAttemptAtMs(): number | null {
    return this.#earliestWaiting(({ atMs }) => atMs)?.atMs ?? null
  }

  /** Records not done, including those that stop the shard. */
  get undone(): number {
    let undone = this.#share.inFlight
    for (const { records } of this.#stopped) undone += records.length
    return undone
  }

  /** False after a reset of offsets, until all records that were fetched before it are done. */
  get isOffsetKnown(): boolean {
    return (this.oldest?.recordNumber ?? this.#sent - 1) >= this.#firstAfterReset
  }

  /** The retried delivery that failed first; null if none has failed. */
  failingLongest(): Delivery | null {
    let longest: Delivery | null = null
    let failedAtMs = Infinity
    for (const delivery of this.#deliveries) {
      const atMs = delivery.firstFailedAtMs ?? Infinity
      if (atMs < failedAtMs && isFailing(delivery)) {
        longest = delivery
        failedAtMs = atMs
      }
    }
    return longest
  }

  /** The delivery whose current attempt the flow has had for longest, and since when; null if none. */
  longestSent(): DeliveryAt | null {
    let longest: DeliveryAt | null = null
    for (const delivery of this.#deliveries) {
      const { state } = delivery
      if (state.name === 'sent' && (!longest || state.atMs < longest.atMs)) {
        longest = { delivery, atMs: state.atMs }
      }
    }
    return longest
  }

  /**
   * Adds a delivery that is sent now. Call this in the order of offsets.
   *
   * @param records not empty
   * @param bytes memory of the records
   * @param nowMs monotonic
   * @param earlier when they were first sent and failed in an earlier membership; null if they never were
   * @param recordNumbers see `Delivery`. The numbers of deliveries that are sent together can interleave, as long as
   * their first records are in order
   */
  open(
    records: readonly ReadRecord[],
    bytes: number,
    nowMs: number,
    earlier: FirstTimes | null = null,
    recordNumbers: readonly number[] | null = null,
  ): Delivery {
    const delivery: Delivery = {
      offset: records[0]?.offset ?? '',
      records,
      recordNumber: recordNumbers?.[0] ?? this.#sent,
      recordNumbers,
      bytes,
      firstSentAtMs: earlier ? earlier.sentAtMs : nowMs,
      firstFailedAtMs: earlier ? earlier.failedAtMs : null,
      attempt: 1,
      earlierAttempts: 0,
      failedAttempt: 0,
      state: { name: 'sent', atMs: nowMs },
      isDeadLetter: false,
    }
    this.#deliveries.set(delivery.recordNumber, delivery)
    this.#sent += records.length
    this.#bytes += bytes
    this.#share.add(records.length)
    return delivery
  }

  /** Returns the delivery that begins with the record of this number; null if it is done or unknown. */
  find(recordNumber: number): Delivery | null {
    return this.#deliveries.get(recordNumber)
  }

  /** Whether a delivery is not done. */
  has(delivery: Delivery): boolean {
    return this.#deliveries.get(delivery.recordNumber) === delivery
  }

  /**
   * Replaces a delivery by one for each record, in the same place and with the same attempts.
   *
   * @returns the new deliveries; none if the old one is done already
   */
  split(delivery: Delivery): Delivery[] {
    if (!this.has(delivery)) return []
    const bytes = delivery.bytes / delivery.records.length
    const singles = delivery.records.map((record, index) => {
      const recordNumber = delivery.recordNumbers?.[index] ?? delivery.recordNumber + index
      const { offset } = record
      return {
        ...delivery,
        offset,
        records: [record],
        recordNumber,
        recordNumbers: null,
        bytes,
      }
    })
    for (const single of singles) this.#deliveries.set(single.recordNumber, single)
    this.#retryTurn.replace(delivery, singles)
    if (this.#waiting.delete(delivery)) for (const single of singles) this.#waiting.add(single)
    return singles
  }

  /** All deliveries that are not done, in the order of their offsets. */
  deliveries(): Delivery[] {
    return [...this.#deliveries]
  }

  /** Removes a delivery that is done. @returns false if it was removed before */
  done(delivery: Delivery): boolean {
    if (!this.has(delivery)) return false
    this.#deliveries.delete(delivery.recordNumber)
    this.#bytes = this.#deliveries.size === 0 ? 0 : this.#bytes - delivery.bytes
    const isInFlight = delivery.state.name !== 'stopped'
    this.#leaveState(delivery)
    if (isInFlight) this.#share.add(-delivery.records.length)
    return true
  }

  /**
   * Plans the next attempt of a delivery, which stays in flight.
   *
   * @param atMs monotonic
   * @param failure see `DeliveryState`; by default the delivery failed alone
   */
  retryAt(delivery: Delivery, atMs: number, failure: object | null = {}): void {
    this.#leaveState(delivery)
    delivery.state = { name: 'waiting', atMs, failure }
    this.#waiting.add(delivery)
  }

  /** Starts the next attempt of a delivery now. @param nowMs monotonic */
  resend(delivery: Delivery, nowMs: number): void {
    const { state } = delivery
    this.#leaveState(delivery)
    delivery.attempt++
    delivery.state = { name: 'sent', atMs: nowMs }
    const failure = state.name === 'waiting' ? state.failure : null
    if (failure !== null && !delivery.isDeadLetter) this.#retryTurn.take(delivery, failure, nowMs)
  }

  /** Stops the shard until this delivery is restarted or skipped. */
  stop(delivery: Delivery, by: ErrorCode): void {
    this.#leaveState(delivery)
    delivery.state = { name: 'stopped', by }
    this.#stopped.add(delivery)
    this.#share.setStopped(true)
    this.#share.add(-delivery.records.length)
  }

  /** Makes deliveries that stop the shard due again, from attempt 1. @returns whether any did */
  restart(nowMs: number): boolean {
    const stopped = [...this.#stopped]
    for (const delivery of stopped) {
      delivery.earlierAttempts = delivery.attempt
      delivery.isDeadLetter = false
      delivery.firstFailedAtMs = null
      this.retryAt(delivery, nowMs)
      this.#share.add(delivery.records.length)
    }
    return stopped.length > 0
  }

  /** The delivery to send again next, and when; null if none waits. */
  nextRetry(): DeliveryAt | null {
    return this.#earliestWaiting(({ atMs, failure }) =>
      failure === null ? atMs : Math.max(atMs, this.#retryTurn.notBeforeMs(failure)),
    )
  }

  /** Deliveries whose current attempt was sent at a monotonic time or earlier. */
  sentBefore(timeMs: number): Delivery[] {
    return [...this.#deliveries].filter(
      ({ state }) => state.name === 'sent' && state.atMs <= timeMs,
    )
  }

  /**
   * Notes a reset of the shard's offsets, which can be lower than those in flight. Nothing is committed until
   * all records that were fetched before are done.
   *
   * @param queued records that were fetched before and not sent yet
   */
  resetOffsets(queued: number): void {
    this.#firstAfterReset = this.#sent + queued
  }

  /** The waiting delivery that is due first; of several, the one with the lowest offset. */
  #earliestWaiting(dueAtMs: (state: Waiting) => number): DeliveryAt | null {
    if (this.#waiting.size === 0) return null
    let next: DeliveryAt | null = null
    for (const delivery of this.#waiting) {
      const { state, recordNumber } = delivery
      const atMs = state.name === 'waiting' ? dueAtMs(state) : Infinity
      const isEarlier = next
        ? atMs < next.atMs || (atMs === next.atMs && recordNumber < next.delivery.recordNumber)
        : atMs < Infinity
      if (isEarlier) next = { delivery, atMs }
    }
    return next
  }

  /** Removes a delivery from the counters of its current state. */
  #leaveState(delivery: Delivery): void {
    if (delivery.state.name === 'waiting') this.#waiting.delete(delivery)
    this.#retryTurn.leave(delivery)
    if (this.#stopped.size === 0 || !this.#stopped.delete(delivery)) return
    this.#share.setStopped(this.#stopped.size > 0)
  }
}
