import type { Clock } from '../clock'
import { RateLimit } from './rate-limit'
import type { PauseReason } from './shard-queue'
import { SlsKafkaError } from '../errors'
import { largest } from '../largest'
import type { Assignment, FetchedBatch, LogSource, ReleaseReason } from '../kafka/source'
import type { ConsumerOptions } from '../config/consumer-options'
import type { CommitMode } from './commit-mode'
import type { Progress } from './progress'
import { OffsetCommitter } from './offset-committer'
import type { Lane } from './lane'
import { OnAck } from './on-ack'
import { OnSend } from './on-send'
import { FlowOutput, type FlowOutputPorts } from './flow-output'
import { offsetsOf, type SeekTarget } from './seek'
import { Scheduler } from './scheduler'
import type { ShardMemory } from './shard-memory'
import type { ShardState } from './progress'
import type { UserPause } from './user-pause'

export interface DeliveryPorts extends FlowOutputPorts {
  readonly clock: Clock
}

/** A paused shard is fetched again when this share of its memory is left. */
const RESUME_AT = 0.5

const ONE_BY_ONE = { size: 1, wait: 0 } as const

/** The way of the records of one membership: fetched, queued, sent, done, committed. */
export class DeliveryPipeline {
  readonly #options: ConsumerOptions
  readonly #clock: Clock
  readonly #source: LogSource
  readonly #lanes = new Map<number, Lane>()
  readonly #mode: CommitMode
  readonly #sender: Scheduler
  readonly #committer: OffsetCommitter
  readonly #userPause: UserPause
  readonly #memory: ShardMemory
  readonly #stopCommitting: () => void

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
    this.#mode = this.#createMode(new FlowOutput(options, ports))
    this.#committer = new OffsetCommitter(source, this.#lanes, clock, this.#onRoom)
    this.#sender = new Scheduler({
      clock,
      maySend: () => source.isWithinSession,
      limit: options.maxRate === null ? null : new RateLimit(options.maxRate, clock.monotonic()),
      onSent: (lane) => {
        this.#resumeIfLow(lane)
      },
    })
    this.#stopCommitting = clock.every(options.commitInterval, () => this.#committer.tick())
  }

  get shards(): number {
    return this.#lanes.size
  }

  /** Of the shards that are ours, ascending. */
  get shardIds(): readonly number[] {
    return [...this.#lanes.keys()].sort((one, other) => one - other)
  }

  /** Every shard is paused by the user, also one that may become ours. */
  get isPausedByUser(): boolean {
    const lanes = [...this.#lanes.values()]
    if (lanes.length === 0) return this.#userPause.isOfNewShards
    return lanes.every(({ shard }) => shard.isPausedBy('user'))
  }

  /** Records a second. @param nowMs monotonic */
  rate(nowMs: number): number {
    return this.#sum((lane) => lane.shard.throughput.recordsPerSecond(nowMs))
  }

  /** Bytes a second, of keys and values. @param nowMs monotonic */
  bytesPerSecond(nowMs: number): number {
    return this.#sum((lane) => lane.shard.throughput.bytesPerSecond(nowMs))
  }

  /** @param nowMs monotonic */
  progress(nowMs: number): Progress {
    return this.#mode.progress(nowMs)
  }

  assigned({ shards, kept }: Assignment): void {
    for (const [id, lane] of this.#lanes) {
      if (kept.has(id)) continue
      lane.interrupt()
      this.#lanes.delete(id)
    }
    this.#memory.assigned(shards)
    for (const id of shards) if (!this.#lanes.has(id)) this.#lanes.set(id, this.#createLane(id))
    const lanes = [...this.#lanes.values()]
    this.#mode.assigned(lanes)
    // Before the first fetch, which follows only when all of this is done.
    this.applyUserPause()
    this.#sender.assign(lanes)
  }

  /** What the user wants paused has changed, or shards have come. */
  applyUserPause(): void {
    for (const lane of this.#lanes.values()) {
      if (this.#userPause.includes(lane.shard.id)) this.#pause(lane, 'user')
      else this.#resume(lane, 'user')
    }
    this.#sender.wake()
  }

  /** Where reading would go on. */
  locate(target: SeekTarget, shards: readonly number[]): Promise<Map<number, bigint>> {
    return offsetsOf(target, shards, this.#source)
  }

  /**
   * Reading goes on elsewhere: that is committed, and then what was queued or in flight is dropped. All
   * of it or nothing, as far as the service tells.
   */
  async seek(offsets: ReadonlyMap<number, bigint>): Promise<void> {
    const old = new Map(this.#lanes)
    const isOurs = (shard: number): boolean =>
      old.has(shard) && this.#lanes.get(shard) === old.get(shard)
    const shards = [...offsets.keys()]
    let moved: number[] = []
    const outcome = await this.#committer.set(
      offsets,
      () => shards.every(isOurs),
      () => {
        moved = shards.filter((shard) => !isOurs(shard))
        for (const [shard, offset] of offsets) if (isOurs(shard)) this.#moveTo(shard, offset)
      },
    )
    const reasonKey = outcome === 'failed' ? 'not-committed' : 'shards-move'
    if (outcome !== 'committed' || moved.length > 0) {
      throw new SlsKafkaError('SLS_SEEK_FAILED', { shards: shards.join(', '), reasonKey })
    }
  }

  /** Tries records anew that were given up. @returns the shards that had any */
  retryGivenUp(shards: readonly number[]): number[] {
    const nowMs = this.#clock.monotonic()
    const released = shards.filter((shard) => this.#lanes.get(shard)?.release(nowMs))
    this.#sender.wake()
    return released
  }

  /** A record that was given up holds the shard. */
  isHeld(shard: number): boolean {
    const { stoppedBy = null } = this.#lanes.get(shard)?.progress() ?? {}
    return stoppedBy !== null
  }

  /** Steps over the record that holds a shard. */
  skip(shard: number): void {
    this.#lanes.get(shard)?.skip()
    this.#onRoom()
  }

  /** @returns how many records were sent again because nodes that held them were restarted */
  flowRestarted(): Promise<number> {
    return this.#mode.flowRestarted()
  }

  /** How often the record was sent that holds the commits of its shard; of all shards the most. */
  get attempts(): number {
    const attempts = [...this.#lanes.values()].map((lane) => lane.progress().attempts)
    return largest(attempts, 0)
  }

  shardStates(): ShardState[] {
    const nowMs = this.#clock.monotonic()
    return this.shardIds.flatMap((id) => {
      const lane = this.#lanes.get(id)
      return lane ? [this.#stateOf(lane, nowMs)] : []
    })
  }

  fetched({ shard: id, records, next }: FetchedBatch): void {
    const lane = this.#lanes.get(id)
    if (!lane) return
    const { shard } = lane
    shard.fetched(records, next, this.#clock.monotonic(), this.#clock.now())
    if (lane.isFull || lane.bytes > this.#bytesPerShard) this.#pause(lane, 'full')
    this.#sender.wake()
  }

  caughtUp(id: number): void {
    this.#lanes.get(id)?.shard.caughtUp(this.#clock.monotonic(), this.#clock.now())
  }

  cutShort(id: number): void {
    this.#lanes.get(id)?.shard.cutShort(this.#clock.now())
  }

  /** A fetch for the shard was refused, or what it brought cannot be decoded. */
  failed(id: number): void {
    this.#lanes.get(id)?.shard.delay.notEmpty()
  }

  positionReset(id: number): void {
    this.#lanes.get(id)?.positionReset()
  }

  /**
   * Before shards may move, nothing more is sent and what is due is committed. At a stop that is all
   * that was sent, or is done; before a rebalance only what was held back for its interval, because the
   * process goes on working on the rest and could still crash. A client that fails is a stop: what was
   * sent in its time would come again from the next one.
   */
  async release(reason: ReleaseReason): Promise<void> {
    this.#sender.hold()
    await this.#mode.drained(reason)
    await (reason === 'rebalance' ? this.#committer.commitDue() : this.#committer.commitAll())
  }

  /** The membership is over. */
  end(): void {
    this.#stopCommitting()
    this.#sender.hold()
    this.#memory.ended(this.shardStates())
    for (const lane of this.#lanes.values()) lane.interrupt()
    this.#mode.end()
    this.#lanes.clear()
  }

  #createMode(outbox: FlowOutput): CommitMode {
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

  #createLane(id: number): Lane {
    return this.#mode.createLane(id, this.#memory.delayOf(id))
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
    if (!shard.isPausedBy('full') || lane.isFull || !lane.isLow) return
    if (lane.bytes > this.#bytesPerShard * RESUME_AT) return
    this.#resume(lane, 'full')
  }

  /** A shard is fetched only while nothing speaks against it. */
  #pause({ shard }: Lane, reason: PauseReason): void {
    if (shard.pause(reason)) this.#source.pause(shard.id)
  }

  #resume({ shard }: Lane, reason: PauseReason): void {
    if (shard.resume(reason)) this.#source.resume(shard.id)
  }

  /** A new lane knows nothing of the old one's records, and late answers for these are stale. */
  #moveTo(id: number, offset: bigint): void {
    const old = this.#lanes.get(id)
    if (!old) return
    this.#memory.forget(id)
    const lane = this.#createLane(id)
    lane.shard.ledger.beginAt(offset)
    this.#lanes.set(id, lane)
    this.#mode.assigned([...this.#lanes.values()])
    this.#sender.replace(old, lane)
    this.#source.seek(id, offset)
    this.#source.resume(id)
    this.applyUserPause()
  }

  #sum(valueOf: (lane: Lane) => number): number {
    return [...this.#lanes.values()].reduce((sum, lane) => sum + valueOf(lane), 0)
  }

  #stateOf(lane: Lane, nowMs: number): ShardState {
    const { shard } = lane
    return {
      shard: shard.id,
      position: shard.ledger.readTo,
      committed: shard.ledger.lastCommitted,
      queued: shard.queue.length,
      records: shard.throughput.records,
      bytes: shard.throughput.bytes,
      ...lane.progress(),
      rate: shard.throughput.recordsPerSecond(nowMs),
      bytesPerSecond: shard.throughput.bytesPerSecond(nowMs),
      delaySeconds: this.#memory.delaySecondsOf(shard.id),
      isCaughtUp: shard.delay.isCaughtUp(nowMs),
      isPaused: shard.isPausedBy('user'),
      lastFetchAt: shard.lastFetchAt,
    }
  }
}
