import type { ErrorCode } from '../errors'
import { isFailing, type Delivery, type DeliveryState } from './delivery'
import type { InFlightShare } from './in-flight-limit'
import type { FirstTimes } from './interrupted-records'
import type { ReadRecord } from './read-record'
import { RetryTurn } from './retry-turn'
import type { UndoneRecords } from './shard-delay'

/** A delivery, and a monotonic moment that belongs to it. */
export interface DeliveryAt {
  readonly delivery: Delivery
  readonly atMs: number
}

type Waiting = Extract<DeliveryState, { name: 'waiting' }>

/**
 * One shard's span from its oldest record that is not committed to the newest sent: what is sent again if
 * the process dies. The window keeps what is not done, in the order of the offsets.
 */
export class InFlightWindow implements UndoneRecords {
  /** By `position`, in the order of the offsets. */
  readonly #deliveries = new Map<number, Delivery>()
  readonly #share: InFlightShare
  readonly #retryTurn: RetryTurn<Delivery>
  /** Records ever sent. */
  #sent = 0
  #bytes = 0
  #waiting = 0
  /** Deliveries that stop the shard, the oldest first. */
  readonly #stopped = new Set<Delivery>()
  /** Records before this number were fetched before the offsets were reset; -Infinity if they never were. */
  #firstAfterReset = -Infinity

  /**
   * @param share counts the records in flight
   * @param retryTimeoutMs see `RetryTurn`
   */
  constructor(share: InFlightShare, retryTimeoutMs = Infinity) {
    this.#share = share
    this.#retryTurn = new RetryTurn(retryTimeoutMs)
  }

  /** Records sent and not done, with those that wait for their next attempt. */
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
    return this.oldest?.position ?? this.#sent
  }

  /** What has the lowest offset of everything that is not done; null if all is done. */
  get oldest(): Delivery | null {
    return this.#deliveries.values().next().value ?? null
  }

  /** Monotonic moment at which the oldest record that is not done was first sent; null if all is done. */
  get oldestSentAtMs(): number | null {
    return this.oldest?.firstSentAtMs ?? null
  }

  /** Like `oldestSentAtMs`, of the records in flight: a delivery that stops the shard is not. */
  get oldestInFlightAtMs(): number | null {
    for (const { state, firstSentAtMs } of this.#deliveries.values()) {
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

  /** Something has failed and is not done. */
  get isRetrying(): boolean {
    return this.#waiting > 0 || this.failingLongest() !== null
  }

  /** Monotonic moment of the next attempt, also a past one; null if nothing waits for one. */
  get nextAttemptAtMs(): number | null {
    return this.#earliestWaiting(({ atMs }) => atMs)?.atMs ?? null
  }

  /** Records not done, with those that stop the shard. */
  get undone(): number {
    let undone = this.#share.inFlight
    for (const { records } of this.#stopped) undone += records.length
    return undone
  }

  /** False while a reset of the offsets leaves unknown which offset everything before is done of. */
  get isOffsetKnown(): boolean {
    return (this.oldest?.position ?? this.#sent - 1) >= this.#firstAfterReset
  }

  /** Of everything that is retried until it is done, what failed first; null if nothing has. */
  failingLongest(): Delivery | null {
    let longest: Delivery | null = null
    let failedAtMs = Infinity
    for (const delivery of this.#deliveries.values()) {
      const atMs = delivery.firstFailedAtMs ?? Infinity
      if (atMs < failedAtMs && isFailing(delivery)) {
        longest = delivery
        failedAtMs = atMs
      }
    }
    return longest
  }

  /** What the flow has worked on for longest in one attempt, and since when; null if it has nothing. */
  longestSent(): DeliveryAt | null {
    let longest: DeliveryAt | null = null
    for (const delivery of this.#deliveries.values()) {
      const { state } = delivery
      if (state.name === 'sent' && (!longest || state.atMs < longest.atMs)) {
        longest = { delivery, atMs: state.atMs }
      }
    }
    return longest
  }

  /**
   * Enters records that are sent now. Call it in the order of their offsets.
   *
   * @param records not empty
   * @param bytes memory of the records
   * @param nowMs monotonic
   * @param earlier when they were first sent and failed in an earlier membership; null if they never were
   * @param positions their numbers; the default is that they follow each other. Records that are sent
   * together can be entered in another order, as long as the first record of each delivery is in order
   */
  open(
    records: readonly ReadRecord[],
    bytes: number,
    nowMs: number,
    earlier: FirstTimes | null = null,
    positions: readonly number[] = records.map((_record, index) => this.#sent + index),
  ): Delivery {
    const delivery: Delivery = {
      offset: records[0]?.offset ?? '',
      records,
      position: positions[0] ?? this.#sent,
      positions,
      bytes,
      firstSentAtMs: earlier ? earlier.sentAtMs : nowMs,
      firstFailedAtMs: earlier ? earlier.failedAtMs : null,
      attempt: 1,
      earlierAttempts: 0,
      failedAttempt: 0,
      state: { name: 'sent', atMs: nowMs },
      isDeadLetter: false,
    }
    this.#deliveries.set(delivery.position, delivery)
    this.#sent += records.length
    this.#bytes += bytes
    this.#share.add(records.length)
    return delivery
  }

  /** Returns the delivery that begins with the record of this number; null if it is done or unknown. */
  find(position: number): Delivery | null {
    return this.#deliveries.get(position) ?? null
  }

  /** Whether a delivery is not done. */
  has(delivery: Delivery): boolean {
    return this.#deliveries.get(delivery.position) === delivery
  }

  /**
   * Replaces a delivery by one for each of its records, in its place and with as many attempts.
   *
   * @returns them; none if it is done already
   */
  split(delivery: Delivery): Delivery[] {
    if (!this.has(delivery)) return []
    const singles = delivery.records.map((record, index) => ({
      ...delivery,
      offset: record.offset,
      records: [record],
      position: delivery.positions[index] ?? delivery.position + index,
      positions: [delivery.positions[index] ?? delivery.position + index],
      bytes: delivery.bytes / delivery.records.length,
    }))
    const others = [...this.#deliveries.values()].filter((known) => known !== delivery)
    // Others can lie between them: records that cannot be decoded.
    const all = [...others, ...singles].sort((one, other) => one.position - other.position)
    this.#deliveries.clear()
    for (const entry of all) this.#deliveries.set(entry.position, entry)
    this.#retryTurn.replace(delivery, singles)
    return singles
  }

  /** Everything that is not done, in the order of the offsets. */
  deliveries(): Delivery[] {
    return [...this.#deliveries.values()]
  }

  /** Takes a delivery out, which is done. @returns false if it was done before */
  done(delivery: Delivery): boolean {
    if (!this.has(delivery)) return false
    this.#deliveries.delete(delivery.position)
    this.#bytes = this.#deliveries.size === 0 ? 0 : this.#bytes - delivery.bytes
    const isInFlight = delivery.state.name !== 'stopped'
    this.#leaveState(delivery)
    if (isInFlight) this.#share.add(-delivery.records.length)
    return true
  }

  /**
   * A delivery is sent again at a time. It stays in flight.
   *
   * @param atMs monotonic
   * @param group see `DeliveryState`; the default is that it failed alone
   */
  retryAt(delivery: Delivery, atMs: number, group: object | null = {}): void {
    this.#leaveState(delivery)
    delivery.state = { name: 'waiting', atMs, group }
    this.#waiting++
  }

  /** A delivery is sent once more now. @param nowMs monotonic */
  resend(delivery: Delivery, nowMs: number): void {
    const { state } = delivery
    this.#leaveState(delivery)
    delivery.attempt++
    delivery.state = { name: 'sent', atMs: nowMs }
    const group = state.name === 'waiting' ? state.group : null
    if (group !== null && !delivery.isDeadLetter) this.#retryTurn.take(delivery, group, nowMs)
  }

  /** A delivery stops the shard until it is restarted or skipped. */
  stop(delivery: Delivery, by: ErrorCode): void {
    this.#leaveState(delivery)
    delivery.state = { name: 'stopped', by }
    this.#stopped.add(delivery)
    this.#share.setStopped(true)
    this.#share.add(-delivery.records.length)
  }

  /** What stops the shard is to be sent again, with attempts counted from 1. @returns whether anything did */
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

  /** What is to be sent again next, and when; null if nothing is. */
  nextRetry(): DeliveryAt | null {
    return this.#earliestWaiting(({ atMs, group }) =>
      group === null ? atMs : Math.max(atMs, this.#retryTurn.notBeforeMs(group)),
    )
  }

  /** What the flow has had since a monotonic moment or longer. */
  sentBefore(timeMs: number): Delivery[] {
    return [...this.#deliveries.values()].filter(
      ({ state }) => state.name === 'sent' && state.atMs <= timeMs,
    )
  }

  /**
   * The offsets of the shard begin again, and can be lower than those in flight. Nothing is committed until
   * everything that was fetched before is done.
   *
   * @param queued records that were fetched before and not sent yet
   */
  resetOffsets(queued: number): void {
    this.#firstAfterReset = this.#sent + queued
  }

  #earliestWaiting(dueAtMs: (state: Waiting) => number): DeliveryAt | null {
    if (this.#waiting === 0) return null
    let next: DeliveryAt | null = null
    for (const delivery of this.#deliveries.values()) {
      const { state } = delivery
      if (state.name !== 'waiting') continue
      const atMs = dueAtMs(state)
      if (atMs < (next?.atMs ?? Infinity)) next = { delivery, atMs }
    }
    return next
  }

  /** Takes a delivery out of what its state counts in. */
  #leaveState(delivery: Delivery): void {
    if (delivery.state.name === 'waiting') this.#waiting--
    this.#retryTurn.leave(delivery)
    if (this.#stopped.delete(delivery)) this.#share.setStopped(this.#stopped.size > 0)
  }
}
