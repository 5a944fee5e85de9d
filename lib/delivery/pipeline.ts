import type { Clock } from '../clock'
import type { ConsumerOptions } from '../config/consumer-options'
import { SlsKafkaError } from '../errors'
import type { Assignment, FetchedBatch, LogSource, ReleaseReason } from '../kafka/log-source'
import { FlowOutput, type FlowOutputPorts } from './flow-output'
import { InFlightRecords } from './in-flight-records'
import { OffsetCommitter } from './offset-committer'
import { OnAckProcessor } from './on-ack-processor'
import { OnSendProcessor } from './on-send-processor'
import type { ShardProcessor } from './processor'
import { NO_PROGRESS, type Progress, type ShardState } from './progress'
import { RateLimit } from './rate-limit'
import { Scheduler } from './scheduler'
import { offsetsOf, type SeekTarget } from './seek'
import type { ShardMemory } from './shard-memory'
import { ShardQueue, type PauseReason } from './shard-queue'
import type { UserPause } from './user-pause'

export interface DeliveryPorts extends FlowOutputPorts {
  readonly clock: Clock
}

/** A full shard is fetched again when it uses at most this share of its memory. */
const RESUME_AT = 0.5

const ONE_BY_ONE = { size: 1, waitMs: 0 } as const

/** Takes the records of one membership from fetch to commit: fetched, queued, sent, done, committed. */
export class DeliveryPipeline {
  readonly #options: ConsumerOptions
  readonly #clock: Clock
  readonly #source: LogSource
  readonly #output: FlowOutput
  readonly #processors = new Map<number, ShardProcessor>()
  /** The processors whose shards are not fetched, because they are full. */
  readonly #full = new Set<ShardProcessor>()
  /** Null with `commit: onSend`. */
  readonly #inFlight: InFlightRecords | null
  readonly #scheduler: Scheduler
  readonly #committer: OffsetCommitter
  readonly #userPause: UserPause
  readonly #memory: ShardMemory

  constructor(
    options: ConsumerOptions,
    ports: DeliveryPorts,
    source: LogSource,
    userPause: UserPause,
    memory: ShardMemory,
  ) {
    const { clock } = ports
    this.#memory = memory
    this.#userPause = userPause
    this.#options = options
    this.#clock = clock
    this.#source = source
    this.#output = new FlowOutput(options, ports)
    this.#committer = new OffsetCommitter({
      source,
      processors: this.#processors,
      clock,
      interval: options.commitIntervalMs,
      onCommitted: this.#onRoom,
    })
    this.#inFlight = this.#createInFlight()
    this.#scheduler = new Scheduler({
      clock,
      maySend: () => source.isWithinSession,
      limit: options.maxRate === null ? null : new RateLimit(options.maxRate, clock.monotonic()),
      onSent: (processor) => {
        if (this.#full.has(processor)) this.#resumeIfLow(processor)
      },
    })
  }

  /** The shards that this consumer owns, ascending. */
  get shardIds(): readonly number[] {
    return [...this.#processors.keys()].sort((one, other) => one - other)
  }

  /** @param nowMs monotonic */
  progress(nowMs: number): Progress {
    return this.#inFlight?.progress(nowMs) ?? NO_PROGRESS
  }

  shardStates(): ShardState[] {
    const nowMs = this.#clock.monotonic()
    return this.shardIds.flatMap((shard) => {
      const processor = this.#processors.get(shard)
      return processor ? [this.#stateOf(processor, nowMs)] : []
    })
  }

  assigned({ shards, kept }: Assignment): void {
    for (const shard of this.#processors.keys()) {
      if (!kept.has(shard)) this.#processors.delete(shard)
    }
    this.#memory.assigned(shards)
    for (const shard of shards) {
      if (!this.#processors.has(shard)) this.#processors.set(shard, this.#createProcessor(shard))
    }
    this.#assignInFlight()
    this.#full.clear()
    for (const processor of this.#processors.values()) {
      if (processor.queue.isPausedBy('full')) this.#full.add(processor)
    }
    // The pause applies before the first fetch, which follows after this call.
    this.applyUserPause()
    this.#scheduler.assign([...this.#processors.values()])
  }

  fetched({ shard, records, next }: FetchedBatch): void {
    const processor = this.#processors.get(shard)
    if (!processor) return
    processor.queue.push(records, next, this.#clock.monotonic(), this.#clock.now())
    if (processor.isFull || processor.bytes > this.#bytesPerShard) this.#pauseFull(processor)
    this.#scheduler.wake()
  }

  /** Handles an empty fetch response at the end of the shard. */
  caughtUp(shard: number): void {
    this.#processors.get(shard)?.queue.caughtUp(this.#clock.monotonic(), this.#clock.now())
  }

  /** Handles an empty fetch response that a limit cut short. */
  cutShort(shard: number): void {
    this.#processors.get(shard)?.queue.cutShort(this.#clock.now())
  }

  /** Handles a fetch that was refused, or whose records cannot be decoded. */
  failed(shard: number): void {
    this.#processors.get(shard)?.queue.delay.notEmpty()
  }

  /** Handles a reset of the shard's offsets, which can be lower than before. */
  positionReset(shard: number): void {
    this.#processors.get(shard)?.resetOffsets()
  }

  /** Pauses and resumes shards as the user has requested. */
  applyUserPause(): void {
    for (const processor of this.#processors.values()) {
      if (this.#userPause.includes(processor.queue.shard)) this.#pause(processor, 'user')
      else this.#resume(processor, 'user')
    }
    this.#scheduler.wake()
  }

  /** Finds the offsets of a seek target. Rejects as `offsetsOf` does. */
  locate(target: SeekTarget, shards: readonly number[]): Promise<Map<number, bigint>> {
    return offsetsOf(target, shards, this.#source)
  }

  /**
   * Commits the new offsets, moves the positions, and drops records that are queued or in flight. A failed
   * commit moves no position. Rejects with `SLS_SEEK_FAILED`.
   */
  async seek(offsets: ReadonlyMap<number, bigint>): Promise<void> {
    const old = new Map(this.#processors)
    const isOurs = (shard: number): boolean =>
      old.has(shard) && this.#processors.get(shard) === old.get(shard)
    const shards = [...offsets.keys()]
    let lost: number[] = []
    const outcome = await this.#committer.set(
      offsets,
      () => shards.every(isOurs),
      () => {
        lost = shards.filter((shard) => !isOurs(shard))
        for (const [shard, offset] of offsets) if (isOurs(shard)) this.#moveTo(shard, offset)
      },
    )
    const reasonKey = outcome === 'failed' ? 'not-committed' : 'shards-move'
    if (outcome !== 'committed' || lost.length > 0) {
      throw new SlsKafkaError('SLS_SEEK_FAILED', { shards: shards.join(', '), reasonKey })
    }
  }

  /** Sends the records that stop these shards again. @returns the shards that had any */
  restartStopped(shards: readonly number[]): number[] {
    const nowMs = this.#clock.monotonic()
    const restarted = shards.filter((shard) => this.#onAckProcessor(shard)?.restart(nowMs))
    this.#scheduler.wake()
    return restarted
  }

  /** Whether a record stops the shard. */
  isStopped(shard: number): boolean {
    const stoppedBy = this.#processors.get(shard)?.progress().stoppedBy ?? null
    return stoppedBy !== null
  }

  /** Skips the record that stops a shard. */
  skip(shard: number): void {
    this.#onAckProcessor(shard)?.skip()
    this.#onRoom()
  }

  /** @returns how many records were sent again, because restarted nodes had lost them */
  flowRestarted(): Promise<number> {
    return this.#inFlight?.flowRestarted() ?? Promise.resolve(0)
  }

  /**
   * Sends nothing more, waits for outcomes and commits, before shards can move.
   *
   * A rebalance commits only due offsets: the process still works on newer records and can crash. A stop
   * commits everything done. So does a failed client, because the next client would send those records again.
   */
  async release(reason: ReleaseReason): Promise<void> {
    this.#scheduler.stop()
    await this.#inFlight?.drain(reason)
    await (reason === 'rebalance' ? this.#committer.commitDue() : this.#committer.commitAll())
  }

  /** Ends the pipeline with its membership. */
  end(): void {
    this.#committer.end()
    this.#scheduler.stop()
    this.#memory.ended(this.shardStates())
    this.#inFlight?.end()
    this.#processors.clear()
    this.#full.clear()
  }

  #createInFlight(): InFlightRecords | null {
    const { ack, maxBytesPerShard } = this.#options
    if (!ack) return null
    return new InFlightRecords({
      ack,
      batch: this.#options.batch ?? ONE_BY_ONE,
      // Half a response stays queued while the next one is on its way.
      lowMark: maxBytesPerShard / 2,
      clock: this.#clock,
      output: this.#output,
      commitSentAtMs: () => this.#committer.sentAtMs,
      onRoom: this.#onRoom,
      onCommitDue: () => {
        this.#committer.commitSoon()
      },
    })
  }

  #createProcessor(shard: number): ShardProcessor {
    const queue = new ShardQueue(shard, this.#memory.delayOf(shard))
    if (this.#inFlight) return this.#inFlight.createProcessor(queue)
    return new OnSendProcessor(queue, this.#output, this.#options.batch ?? ONE_BY_ONE)
  }

  #onAckProcessor(shard: number): OnAckProcessor | null {
    const processor = this.#processors.get(shard)
    return processor instanceof OnAckProcessor ? processor : null
  }

  #assignInFlight(): void {
    const processors = [...this.#processors.values()]
    this.#inFlight?.assign(processors.filter((one) => one instanceof OnAckProcessor))
  }

  /** Replaces the processor of a shard, so that late outcomes for its old records are stale. */
  #moveTo(shard: number, offset: bigint): void {
    const old = this.#processors.get(shard)
    if (!old) return
    this.#memory.forget(shard)
    this.#full.delete(old)
    const processor = this.#createProcessor(shard)
    processor.queue.moveTo(offset)
    processor.committable.setCommitted(offset)
    this.#processors.set(shard, processor)
    this.#assignInFlight()
    this.#scheduler.replace(old, processor)
    this.#source.seek(shard, offset)
    this.#source.resume(shard)
    this.applyUserPause()
  }

  readonly #onRoom = (): void => {
    for (const processor of this.#full) this.#resumeIfLow(processor)
    this.#scheduler.wake()
  }

  get #bytesPerShard(): number {
    return this.#options.maxInFlightBytes / Math.max(1, this.#processors.size)
  }

  #pauseFull(processor: ShardProcessor): void {
    this.#full.add(processor)
    this.#pause(processor, 'full')
  }

  /** Resumes the fetches of a full shard, if it has enough room by now. */
  #resumeIfLow(processor: ShardProcessor): void {
    if (!processor.isLow) return
    if (processor.bytes > this.#bytesPerShard * RESUME_AT || processor.isFull) return
    this.#full.delete(processor)
    this.#resume(processor, 'full')
  }

  /** Pauses a shard for one reason. Fetching resumes when no reason is left. */
  #pause({ queue }: ShardProcessor, reason: PauseReason): void {
    if (queue.pause(reason)) this.#source.pause(queue.shard)
  }

  #resume({ queue }: ShardProcessor, reason: PauseReason): void {
    if (queue.resume(reason)) this.#source.resume(queue.shard)
  }

  #stateOf(processor: ShardProcessor, nowMs: number): ShardState {
    const { queue, committable } = processor
    const { shard, throughput } = queue
    return {
      shard,
      position: queue.fetchedTo,
      committed: committable.committed,
      queued: queue.length,
      records: throughput.records,
      bytes: throughput.bytes,
      ...processor.progress(),
      rate: throughput.recordsPerSecond(nowMs),
      bytesPerSecond: throughput.bytesPerSecond(nowMs),
      delaySeconds: this.#memory.delaySecondsOf(shard),
      isCaughtUp: queue.delay.isCaughtUp(nowMs),
      isPaused: queue.isPausedBy('user'),
      lastFetchAt: queue.lastFetchAt,
    }
  }
}
