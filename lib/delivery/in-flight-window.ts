import type { ErrorCode } from '../errors'
import type { Undone } from './acked-ledger'
import { isFailing, type Delivery, type DeliveryState, type KeptRecord } from './delivery'
import type { FirstTimes } from './interrupted-records'
import { sizeOf } from './record-queue'
import { RetryTurn } from './retry-turn'
import type { UndoneRecords } from './shard-delay'

/**
 * One shard's span from its oldest record that is not done, or not yet committed, to the newest sent:
 * what comes again if the process dies. It holds what is not done, in the order of the offsets; what is
 * done leaves it.
 */
export class Window<R extends KeptRecord> implements Undone, UndoneRecords {
  readonly #deliveries = new Map<string, Delivery<R>>()
  readonly #shard: number
  readonly #onChange: () => void
  #epoch: number
  /** Records ever sent. */
  #sent = 0
  /** Of these, the oldest ones that will never be sent again. */
  #committed = 0
  #inFlight = 0
  #bytes = 0
  #waiting = 0
  readonly #retryTurn: RetryTurn<Delivery<R>>
  #held: Delivery<R> | null = null
  /** Records up to this number were fetched before offsets began anew; null if they never did. */
  #barrier: number | null = null

  /**
   * @param onChange called when the number of records in flight has changed
   * @param patienceMs see `RetryTurn`
   */
  constructor(shard: number, epoch: number, onChange: () => void, patienceMs = Infinity) {
    this.#retryTurn = new RetryTurn(patienceMs)
    this.#shard = shard
    this.#epoch = epoch
    this.#onChange = onChange
  }

  /** Records sent and not done; also those that wait for their next attempt. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Bytes kept for further attempts. */
  get bytes(): number {
    return this.#bytes
  }

  /** Records from the oldest one not done, or not yet committed, to the newest sent. */
  get span(): number {
    return this.#sent - this.#committed
  }

  /** Records that are done, with all before them, and not yet committed. */
  get uncommitted(): number {
    return this.donePrefix - this.#committed
  }

  get donePrefix(): number {
    return this.#oldest()?.position ?? this.#sent
  }

  committed(prefix: number): void {
    this.#committed = prefix
    this.#onChange()
  }

  /** Something has failed and is not done. */
  get isRetrying(): boolean {
    return this.#waiting > 0 || this.failingLongest() !== null
  }

  /** What has failed first of all that is to be sent until it is done; null if nothing has. */
  failingLongest(): Delivery<R> | null {
    let longest: Delivery<R> | null = null
    let failedAtMs = Infinity
    for (const delivery of this.#deliveries.values()) {
      const atMs = delivery.first.failedAtMs ?? Infinity
      if (atMs < failedAtMs && isFailing(delivery)) {
        longest = delivery
        failedAtMs = atMs
      }
    }
    return longest
  }

  /** Monotonic moment of the next attempt, maybe in the past; null if nothing waits for one. */
  get nextAttemptAtMs(): number | null {
    return this.#earliestWaiting()?.atMs ?? null
  }

  /** Offsets are sent in order, so that the first is the oldest; also if it was given up. */
  get oldestSentAtMs(): number | null {
    return this.#oldest()?.first.sentAtMs ?? null
  }

  /** The same of what is in flight, which is all that was not given up. */
  get oldestInFlightAtMs(): number | null {
    for (const { state, first } of this.#deliveries.values()) {
      if (state.name !== 'held') return first.sentAtMs
    }
    return null
  }

  /** Given up and not done: no further record is sent until it is. */
  get held(): Delivery<R> | null {
    return this.#held
  }

  /** Why the record that holds the shard was given up; null if none does. */
  get heldBy(): ErrorCode | null {
    const state = this.#held?.state
    return state?.name === 'held' ? state.by : null
  }

  /** What the flow has worked on for longest in one attempt, and since when; null if it has nothing. */
  oldestSent(): { readonly delivery: Delivery<R>; readonly atMs: number } | null {
    let oldest: { delivery: Delivery<R>; atMs: number } | null = null
    for (const delivery of this.#deliveries.values()) {
      const { state } = delivery
      if (state.name === 'sent' && (!oldest || state.atMs < oldest.atMs)) {
        oldest = { delivery, atMs: state.atMs }
      }
    }
    return oldest
  }

  /** What has the lowest offset of all that is not done; null if all is. */
  get oldest(): Delivery<R> | null {
    return this.#oldest() ?? null
  }

  oldestOffset(): bigint | 'none' | 'unknown' {
    const oldest = this.#oldest()
    const position = oldest?.position ?? this.#sent - 1
    if (this.#barrier !== null && position <= this.#barrier) return 'unknown'
    return oldest ? BigInt(oldest.offset) : 'none'
  }

  /** Enters records that are sent now, monotonic. To be called in the order of their offsets. */
  open(records: readonly R[], nowMs: number, first: FirstTimes): Delivery<R> {
    const delivery: Delivery<R> = {
      shard: this.#shard,
      offset: records[0]?.offset ?? '',
      records,
      epoch: this.#epoch,
      position: this.#sent,
      bytes: records.reduce((sum, record) => sum + sizeOf(record), 0),
      first,
      attempt: 1,
      forgiven: 0,
      failedAttempt: 0,
      state: { name: 'sent', atMs: nowMs },
      isDeadLetter: false,
    }
    this.#deliveries.set(keyOf(delivery), delivery)
    this.#sent += records.length
    this.#bytes += delivery.bytes
    this.#count(records.length)
    return delivery
  }

  /**
   * Makes a delivery of each of its records, in its place and as often sent.
   *
   * @returns them; none if it is done already
   */
  split(delivery: Delivery<R>): Delivery<R>[] {
    const all = [...this.#deliveries.values()]
    if (!all.includes(delivery)) return []
    const singles = delivery.records.map((record, index) => ({
      ...delivery,
      offset: record.offset,
      records: [record],
      position: delivery.position + index,
      bytes: sizeOf(record),
    }))
    this.#deliveries.clear()
    for (const entry of all.flatMap((known) => (known === delivery ? singles : [known]))) {
      this.#deliveries.set(keyOf(entry), entry)
    }
    this.#retryTurn.replace(delivery, singles)
    return singles
  }

  /** All that is not done, by offset. */
  deliveries(): Delivery<R>[] {
    return [...this.#deliveries.values()]
  }

  find(epoch: number, offset: string): Delivery<R> | undefined {
    return this.#deliveries.get(keyOf({ epoch, offset }))
  }

  done(delivery: Delivery<R>): void {
    if (!this.#deliveries.delete(keyOf(delivery))) return
    this.#bytes -= delivery.bytes
    this.#leave(delivery)
    if (delivery.state.name !== 'held') this.#count(-delivery.records.length)
  }

  /**
   * It is sent again at a time. It stays in flight.
   *
   * @param atMs monotonic
   * @param group see `DeliveryState`; default: it has failed by itself
   */
  retryAt(delivery: Delivery<R>, atMs: number, group: object | null = {}): void {
    this.#leave(delivery)
    delivery.state = { name: 'waiting', atMs, group }
    this.#waiting++
  }

  /** It is sent once more now. */
  resend(delivery: Delivery<R>, nowMs: number): void {
    const { state } = delivery
    this.#leave(delivery)
    delivery.attempt++
    delivery.state = { name: 'sent', atMs: nowMs }
    const group = state.name === 'waiting' ? state.group : null
    if (group !== null && !delivery.isDeadLetter) this.#retryTurn.take(delivery, group, nowMs)
  }

  /** It was given up; no further record is sent until it is done. */
  hold(delivery: Delivery<R>, by: ErrorCode): void {
    this.#leave(delivery)
    delivery.state = { name: 'held', by }
    this.#held ??= delivery
    this.#count(-delivery.records.length)
  }

  /** What was given up is to be sent again, as if for the first time. @returns whether anything was */
  release(nowMs: number): boolean {
    const held = this.deliveries().filter(({ state }) => state.name === 'held')
    for (const delivery of held) {
      delivery.forgiven = delivery.attempt
      delivery.isDeadLetter = false
      delivery.first = { ...delivery.first, failedAtMs: null }
      this.retryAt(delivery, nowMs)
      this.#count(delivery.records.length)
    }
    return held.length > 0
  }

  /** What is to be sent again next, and when; null if nothing is. */
  nextRetry(): { readonly delivery: Delivery<R>; readonly atMs: number } | null {
    return this.#earliestWaiting(({ atMs, group }) =>
      group === null ? atMs : Math.max(atMs, this.#retryTurn.notBeforeMs(group)),
    )
  }

  /** What the flow has had since a monotonic moment or longer. */
  sentBefore(timeMs: number): Delivery<R>[] {
    return [...this.#deliveries.values()].filter(
      ({ state }) => state.name === 'sent' && state.atMs <= timeMs,
    )
  }

  /**
   * Offsets begin anew, and may be lower than those in flight. Nothing is committed until all that was
   * fetched before is done.
   *
   * @param queued records that were fetched before and are yet to be sent
   */
  reset(epoch: number, queued: number): void {
    this.#epoch = epoch
    this.#barrier = this.#sent + queued - 1
  }

  #earliestWaiting(
    dueAtMs: (state: Extract<DeliveryState, { name: 'waiting' }>) => number = ({ atMs }) => atMs,
  ): { readonly delivery: Delivery<R>; readonly atMs: number } | null {
    if (this.#waiting === 0) return null
    let next: { delivery: Delivery<R>; atMs: number } | null = null
    for (const delivery of this.#deliveries.values()) {
      const { state } = delivery
      if (state.name !== 'waiting') continue
      const atMs = dueAtMs(state)
      if (atMs < (next?.atMs ?? Infinity)) next = { delivery, atMs }
    }
    return next
  }

  #oldest(): Delivery<R> | undefined {
    return this.#deliveries.values().next().value
  }

  /** Takes a delivery out of what its state counts in. */
  #leave(delivery: Delivery<R>): void {
    if (delivery.state.name === 'waiting') this.#waiting--
    this.#retryTurn.leave(delivery)
    if (this.#held === delivery) this.#held = this.#nextHeld()
  }

  #nextHeld(): Delivery<R> | null {
    for (const delivery of this.#deliveries.values()) {
      if (delivery !== this.#held && delivery.state.name === 'held') return delivery
    }
    return null
  }

  #count(change: number): void {
    this.#inFlight += change
    this.#onChange()
  }
}

function keyOf({ epoch, offset }: Pick<Delivery, 'epoch' | 'offset'>): string {
  return `${epoch}.${offset}`
}
