import type { Clock } from '../clock'
import { InFlightLimit } from './in-flight-limit'
import type { ReleaseReason } from '../kafka/source'
import type { ShardDelay } from './shard-delay'
import { largest } from '../largest'
import type { AckOptions, BatchLimits } from '../config/consumer-options'
import { AckLane } from './ack-lane'
import type { Delivery } from './delivery'
import type { Token } from './token'
import type { FailedAnswer } from './outcome'
import type { CommitMode } from './commit-mode'
import type { Progress } from './progress'
import { DroppedRecords } from './dropped-records'
import { forgetParts, newIncarnation, register, type Acknowledged } from './ack-registry'
import type { FlowOutput } from './flow-output'

/** Milliseconds. A flow that acks nothing for so long will not finish in time either. */
const DRAIN_PATIENCE = 1_000

/** Milliseconds. Before a rebalance the other members of the group wait for us; a failure is to be over soon. */
const LONGEST_DRAIN = { rebalance: 1_000, stop: 2_000, failure: 0 } as const

/** Share of the window that is done; the rest is there to go on while the service answers. */
const COMMIT_EARLY_AT = 0.5

/** Milliseconds between two looks for records that were not acked in time. */
const TIMEOUT_CHECK = 500

export interface OnAckOptions {
  readonly ack: AckOptions
  readonly batch: BatchLimits
  /** Bytes asked of one shard in one fetch. */
  readonly maxBytesPerShard: number
  readonly clock: Clock
  readonly outbox: FlowOutput
  /** Something may be sent that could not be before. */
  readonly onRoom: () => void
  /** Commits what is done; resolves when the service has answered. */
  readonly commit: () => Promise<void>
}

/** `commit: onAck`: what the flow has acknowledged is done. */
export class OnAck implements CommitMode, Acknowledged {
  readonly #options: OnAckOptions
  readonly #limit: InFlightLimit
  readonly #incarnation = newIncarnation()
  readonly #unregister: () => void
  readonly #stopChecking: () => void
  readonly #dropped: DroppedRecords
  #lanes: readonly AckLane[] = []
  #epoch = 0
  #onAcked: (() => void) | null = null
  #isCommitting = false
  #staleAcks = 0

  constructor(options: OnAckOptions) {
    const { ack, clock } = options
    this.#options = options
    this.#limit = new InFlightLimit(ack.maxInFlight)
    this.#unregister = register(this.#incarnation, this)
    this.#dropped = new DroppedRecords(clock, {
      count: (sentBeforeMs) => this.#sum(({ window }) => window.sentBefore(sentBeforeMs).length),
      resend: (sentBeforeMs) => {
        const records = this.#sum((lane) => lane.resendDropped(sentBeforeMs))
        options.onRoom()
        return records
      },
    })
    const { timeout } = ack
    this.#stopChecking =
      timeout === null
        ? () => undefined
        : clock.every(TIMEOUT_CHECK, () => {
            for (const lane of this.#lanes) lane.expire(clock.monotonic() - timeout)
            options.onRoom()
          })
  }

  createLane(shard: number, delay: ShardDelay): AckLane {
    const { ack, batch, maxBytesPerShard, clock, outbox } = this.#options
    return new AckLane({
      shard,
      delay,
      incarnation: this.#incarnation,
      nextEpoch: () => ++this.#epoch,
      ack,
      batch,
      // Half an answer is left to send while the next one is on its way.
      lowMark: maxBytesPerShard / 2,
      clock,
      outbox,
      limit: this.#limit,
      onDone: (delivery, window) => {
        this.#forget(delivery)
        this.#commitEarly(window)
      },
    })
  }

  assigned(lanes: readonly AckLane[]): void {
    const kept = new Set(lanes)
    this.#drop(this.#lanes.filter((lane) => !kept.has(lane)))
    this.#lanes = lanes
    this.#limit.share(lanes.map(({ window }) => window))
  }

  async drained(reason: ReleaseReason): Promise<void> {
    const { clock } = this.#options
    const endMs = clock.monotonic() + LONGEST_DRAIN[reason]
    while (this.#lanes.some(({ window }) => window.oldestSent() !== null)) {
      const patience = Math.min(DRAIN_PATIENCE, endMs - clock.monotonic())
      if (patience <= 0 || !(await this.#ackedWithin(patience))) return
    }
  }

  flowRestarted(): Promise<number> {
    return this.#dropped.restarted()
  }

  end(): void {
    this.#unregister()
    this.#stopChecking()
    this.#dropped.end()
    this.#drop(this.#lanes)
    this.#lanes = []
  }

  isLive(token: Token): boolean {
    return this.#laneOf(token)?.isLive(token) ?? false
  }

  done(token: Token): void {
    this.#laneOf(token)?.acked(token)
  }

  failed(token: Token, given: FailedAnswer): void {
    const counts = this.#laneOf(token)?.failed(token, given) ?? false
    if (!counts) this.stale()
  }

  stale(): void {
    this.#staleAcks++
  }

  answered(): void {
    this.#onAcked?.()
    this.#options.onRoom()
  }

  progress(nowMs: number): Progress {
    const stopped = this.#lanes.filter(({ window }) => window.held)
    const lanes = this.#lanes.map((lane) => lane.progress())
    const attempts = lanes.flatMap(({ nextAttemptAt }) => nextAttemptAt ?? [])
    const unanswered = this.#lanes.flatMap((lane) => lane.unanswered(nowMs) ?? [])
    const retrying = this.#lanes.flatMap((lane) => lane.retrying() ?? [])
    const ages = lanes.map(({ oldestSeconds }) => oldestSeconds)
    return {
      inFlight: this.#limit.inFlight,
      oldestSeconds: largest(ages, 0),
      stoppedShards: stopped.map(({ shard }) => shard.id),
      stoppedBy: stopped[0]?.window.heldBy ?? null,
      staleAcks: this.#staleAcks,
      isRetrying: this.#lanes.some(({ window }) => window.isRetrying),
      nextAttemptAt: attempts.reduce<number | null>(earlier, null),
      retrying: retrying[0] ?? null,
      unanswered: unanswered.find(({ isFull }) => isFull) ?? unanswered[0] ?? null,
    }
  }

  #sum(valueOf: (lane: AckLane) => number): number {
    return this.#lanes.reduce((sum, lane) => sum + valueOf(lane), 0)
  }

  #laneOf({ shard }: Token): AckLane | undefined {
    return this.#lanes.find((lane) => lane.shard.id === shard)
  }

  #forget({ shard, epoch, offset }: Delivery): void {
    forgetParts({ incarnation: this.#incarnation, shard, epoch, offset })
  }

  /** Answers that are still to come for these are stale. */
  #drop(lanes: readonly AckLane[]): void {
    for (const { window } of lanes) {
      for (const delivery of window.deliveries()) this.#forget(delivery)
    }
  }

  /**
   * A quick flow does more in a commit interval than a window holds. It is not kept waiting for the
   * interval to end.
   */
  #commitEarly({ uncommitted }: { readonly uncommitted: number }): void {
    if (this.#isCommitting || uncommitted < this.#limit.maxSpan * COMMIT_EARLY_AT) return
    this.#isCommitting = true
    this.#options.clock.soon(() =>
      this.#options.commit().finally(() => {
        this.#isCommitting = false
      }),
    )
  }

  #ackedWithin(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isAcked: boolean): void => {
        cancel()
        this.#onAcked = null
        resolve(isAcked)
      }
      const cancel = this.#options.clock.after(milliseconds, () => {
        settle(false)
      })
      this.#onAcked = () => {
        settle(true)
      }
    })
  }
}

function earlier(one: number | null, other: number): number {
  return one === null ? other : Math.min(one, other)
}
