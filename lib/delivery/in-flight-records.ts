import { randomBytes } from 'node:crypto'
import type { ReleaseReason } from '../kafka/log-source'
import { maxOf } from '../numbers'
import { forgetParts, registerMembership, type AckedRecord } from './ack-registry'
import { InFlightLimit } from './in-flight-limit'
import { LostRecords } from './lost-records'
import { OnAckProcessor, type OnAckOptions } from './on-ack-processor'
import type { Failure } from './outcome'
import type { Progress } from './progress'
import type { ShardQueue } from './shard-queue'
import type { Token } from './token'

/** The time without an outcome after which a release no longer waits. */
const DRAIN_TIMEOUT_MS = 1_000

/** A rebalance makes other members wait, and a failure needs a new client soon. */
const LONGEST_DRAIN_MS = { rebalance: 1_000, stop: 2_000, failure: 0 } as const

/** The time between two checks for attempts whose ack timeout has passed. */
const TIMEOUT_CHECK_MS = 500

export interface InFlightOptions extends Pick<
  OnAckOptions,
  'ack' | 'batch' | 'lowMark' | 'clock' | 'output' | 'commitSentAtMs'
> {
  /** Called when more records can be sent than before. */
  readonly onRoom: () => void
  /** Called when enough records are done for a commit before the interval ends. */
  readonly onCommitDue: () => void
}

/**
 * The records in flight of one membership, over all its shards. Through this class the ack registry finds the
 * processor that a token names.
 */
export class InFlightRecords {
  readonly #options: InFlightOptions
  readonly #limit: InFlightLimit
  readonly #processorOptions: OnAckOptions
  readonly #membership = randomBytes(4).toString('hex')
  readonly #unregister: () => void
  readonly #stopChecking: () => void
  readonly #lost: LostRecords
  readonly #processors = new Map<number, OnAckProcessor>()
  #assignments = 0
  #onOutcome: (() => void) | null = null
  #staleAcks = 0

  constructor(options: InFlightOptions) {
    const { ack, clock } = options
    this.#options = options
    this.#limit = new InFlightLimit(ack.maxInFlight)
    this.#processorOptions = {
      ...options,
      limit: this.#limit,
      membership: this.#membership,
      onDone: (delivery, processor) => {
        forgetParts(delivery)
        if (processor.isCommitDue) options.onCommitDue()
      },
    }
    this.#unregister = registerMembership(this.#membership, this)
    this.#lost = new LostRecords(clock, {
      count: (sentBeforeMs) => this.#sum(({ window }) => window.sentBefore(sentBeforeMs).length),
      resend: (sentBeforeMs) => {
        const records = this.#sum((processor) => processor.resendLost(sentBeforeMs))
        options.onRoom()
        return records
      },
    })
    const { timeoutMs } = ack
    this.#stopChecking =
      timeoutMs === null
        ? () => undefined
        : clock.every(TIMEOUT_CHECK_MS, () => {
            for (const processor of this.#all) processor.expire(clock.monotonic() - timeoutMs)
            options.onRoom()
          })
  }

  createProcessor(queue: ShardQueue): OnAckProcessor {
    return new OnAckProcessor(queue, ++this.#assignments, this.#processorOptions)
  }

  /** Replaces the processors by these ones. Outcomes for all others are stale from now on. */
  assign(processors: readonly OnAckProcessor[]): void {
    const assigned = new Set(processors)
    for (const processor of this.#all) if (!assigned.has(processor)) interrupt(processor)
    this.#processors.clear()
    for (const processor of processors) this.#processors.set(processor.queue.shard, processor)
    this.#limit.divide(processors.map(({ share }) => share))
  }

  /** Waits for the outcomes of what the flow has, as long as outcomes come and `reason` allows. */
  async drain(reason: ReleaseReason): Promise<void> {
    const { clock } = this.#options
    const endMs = clock.monotonic() + LONGEST_DRAIN_MS[reason]
    while (this.#all.some(({ window }) => window.longestSent() !== null)) {
      const timeout = Math.min(DRAIN_TIMEOUT_MS, endMs - clock.monotonic())
      if (timeout <= 0 || !(await this.#outcomeWithin(timeout))) return
    }
  }

  /**
   * Sends records again that restarted nodes of the flow have lost.
   *
   * @returns how many records, once that is known
   */
  flowRestarted(): Promise<number> {
    return this.#lost.restarted()
  }

  /** Ends timers and interrupts all processors, because the membership has ended. */
  end(): void {
    this.#unregister()
    this.#stopChecking()
    this.#lost.end()
    this.assign([])
  }

  /** Returns the record that a token names; null if the token is stale. */
  find({ shard, assignment, recordNumber, attempt }: Token): AckedRecord | null {
    const processor = this.#processors.get(shard)
    const delivery =
      processor?.assignment === assignment ? processor.window.find(recordNumber) : null
    return processor && delivery ? { membership: this, processor, delivery, attempt } : null
  }

  /** Counts an attempt as failed, or as stale if it no longer matters. */
  failed(record: AckedRecord, failure: Failure): void {
    const isCounted = record.processor.failed(record.delivery, record.attempt, failure)
    if (!isCounted) this.stale()
  }

  /** Counts an outcome that came too late. */
  stale(): void {
    this.#staleAcks++
  }

  /** Call this after outcomes, at the latest after all that came together. */
  outcomesReported(): void {
    this.#onOutcome?.()
    this.#options.onRoom()
  }

  /** @param nowMs monotonic */
  progress(nowMs: number): Progress {
    const all = this.#all
    const stopped = all.filter(({ window }) => window.stoppedBy)
    const shards = all.map((processor) => processor.progress())
    const attempts = shards.flatMap(({ nextAttemptAt }) => nextAttemptAt ?? [])
    const unanswered = all.flatMap((processor) => processor.unanswered(nowMs) ?? [])
    return {
      inFlight: this.#limit.inFlight,
      oldestSeconds: maxOf(
        shards.map(({ oldestSeconds }) => oldestSeconds),
        0,
      ),
      stoppedShards: stopped.map(({ queue }) => queue.shard),
      stoppedBy: stopped[0]?.window.stoppedBy?.code ?? null,
      staleAcks: this.#staleAcks,
      isRetrying: all.some(({ window }) => window.isRetrying),
      nextAttemptAt: attempts.length === 0 ? null : attempts.reduce((a, b) => Math.min(a, b)),
      retrying: all.flatMap((processor) => processor.retrying() ?? [])[0] ?? null,
      unanswered: unanswered.find(({ isFull }) => isFull) ?? unanswered[0] ?? null,
    }
  }

  get #all(): readonly OnAckProcessor[] {
    return [...this.#processors.values()]
  }

  #sum(valueOf: (processor: OnAckProcessor) => number): number {
    return this.#all.reduce((sum, processor) => sum + valueOf(processor), 0)
  }

  #outcomeWithin(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (hasOutcome: boolean): void => {
        cancel()
        this.#onOutcome = null
        resolve(hasOutcome)
      }
      const cancel = this.#options.clock.after(milliseconds, () => {
        settle(false)
      })
      this.#onOutcome = () => {
        settle(true)
      }
    })
  }
}

function interrupt(processor: OnAckProcessor): void {
  processor.interrupt()
  for (const delivery of processor.window.deliveries()) forgetParts(delivery)
}
