import type { Clock } from '../clock'
import { RateLimit } from '../delivery/rate-limit'
import type { Assignment, FetchedBatch, LogSource } from '../kafka/source'
import { RateMeter } from '../metrics'
import type { ConsumerOptions } from '../options/consumer-options'
import type { CommitMode, Progress } from './commit-mode'
import { Committer } from './committer'
import type { Lane } from './lane'
import { OnAck } from './on-ack'
import { OnSend } from './on-send'
import { Outbox, type OutboxPorts } from './outbox'
import { Sender } from './sender'

export interface RecordFlowPorts extends OutboxPorts {
  readonly clock: Clock
}

/** A paused shard is fetched again when this share of its memory is left. */
const RESUME_AT = 0.5

const ONE_BY_ONE = { size: 1, wait: 0 } as const

/** The way of the records of one membership: fetched, queued, sent, done, committed. */
export class RecordFlow {
  readonly #options: ConsumerOptions
  readonly #clock: Clock
  readonly #source: LogSource
  readonly #lanes = new Map<number, Lane>()
  readonly #mode: CommitMode
  readonly #sender: Sender
  readonly #committer: Committer
  readonly #rate = new RateMeter()
  readonly #stopCommitting: () => void

  constructor(options: ConsumerOptions, ports: RecordFlowPorts, source: LogSource) {
    const { clock } = ports
    this.#options = options
    this.#clock = clock
    this.#source = source
    this.#mode = this.#createMode(new Outbox(options, ports))
    this.#committer = new Committer(source, this.#lanes, clock, this.#onRoom)
    this.#sender = new Sender({
      clock,
      limit: options.maxRate === null ? null : new RateLimit(options.maxRate, clock.now()),
      onSent: (lane, count) => {
        this.#rate.add(count, clock.now())
        this.#resumeIfLow(lane)
      },
    })
    this.#stopCommitting = clock.every(options.commitInterval, () => {
      void this.#committer.tick()
    })
  }

  get shards(): number {
    return this.#lanes.size
  }

  get isCaughtUp(): boolean {
    return [...this.#lanes.values()].every(({ shard }) => shard.delay.isCaughtUp)
  }

  rate(now: number): number {
    return this.#rate.perSecond(now)
  }

  delaySeconds(now: number): number {
    const delays = [...this.#lanes.values()].map(({ shard }) => shard.delay.delay(now))
    return Math.round(Math.max(0, ...delays) / 1000)
  }

  progress(now: number): Progress {
    return this.#mode.progress(now)
  }

  assigned({ shards, kept }: Assignment): void {
    for (const id of [...this.#lanes.keys()]) if (!kept.has(id)) this.#lanes.delete(id)
    for (const id of shards) {
      if (!this.#lanes.has(id)) this.#lanes.set(id, this.#mode.createLane(id))
    }
    const lanes = [...this.#lanes.values()]
    this.#mode.assigned(lanes)
    this.#sender.assign(lanes)
  }

  fetched({ shard: id, records, next }: FetchedBatch): void {
    const lane = this.#lanes.get(id)
    if (!lane) return
    const { shard } = lane
    shard.fetched(records, next, this.#clock.now())
    if (!shard.isPaused && (lane.isFull || lane.bytes > this.#bytesPerShard)) {
      shard.isPaused = true
      this.#source.pause(id)
    }
    this.#sender.wake()
  }

  caughtUp(id: number): void {
    this.#lanes.get(id)?.shard.caughtUp()
  }

  positionReset(id: number): void {
    this.#lanes.get(id)?.positionReset()
  }

  /**
   * Before shards may move, nothing more is sent and what is due is committed. At a stop that is all
   * that was sent, or is done; before a rebalance only what was held back for its interval, because the
   * process goes on working on the rest and could still crash.
   */
  async release(reason: 'rebalance' | 'stop'): Promise<void> {
    this.#sender.hold()
    await this.#mode.drained(reason)
    await (reason === 'stop' ? this.#committer.commitAll() : this.#committer.commitDue())
  }

  /** The membership is over. */
  end(): void {
    this.#stopCommitting()
    this.#sender.hold()
    this.#mode.end()
    this.#lanes.clear()
  }

  #createMode(outbox: Outbox): CommitMode {
    const { ack, maxBytesPerShard } = this.#options
    const batch = this.#options.batch ?? ONE_BY_ONE
    if (!ack) return new OnSend(outbox, batch)
    return new OnAck({
      ack,
      batch,
      maxBytesPerShard,
      clock: this.#clock,
      outbox,
      onRoom: this.#onRoom,
      commit: () => this.#committer.commitDue(),
    })
  }

  readonly #onRoom = (): void => {
    for (const lane of this.#lanes.values()) this.#resumeIfLow(lane)
    this.#sender.wake()
  }

  get #bytesPerShard(): number {
    return this.#options.maxInFlightBytes / Math.max(1, this.#lanes.size)
  }

  #resumeIfLow(lane: Lane): void {
    const { shard } = lane
    if (!shard.isPaused || lane.isFull || !lane.isLow) return
    if (lane.bytes > this.#bytesPerShard * RESUME_AT) return
    shard.isPaused = false
    this.#source.resume(shard.id)
  }
}
