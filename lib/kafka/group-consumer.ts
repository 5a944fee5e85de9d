import { onAbort, settledWithin } from '../async'
import { systemClock, type Clock } from '../clock'
import { toError } from '../errors'
import type { Logger } from '../logger'
import type { ConsumerOptions } from '../config/consumer-options'
import type { BrokerEvent } from './cluster/broker-connections'
import { Cluster } from './cluster/cluster'
import * as tuning from './constants'
import { Fetcher } from './fetch/fetcher'
import { ensureStartPosition } from './group/start-position'
import { GroupMember } from './group/group-member'
import { markRunning } from './client-id'
import { listBeginnings, listEnds, listOffsetsAt } from './group/offsets'
import { describeGroup, isLogstoreAssigned } from './group/group-requests'
import type { MemberAssignment, MemberEvent } from './group/group-member-types'
import { PositionLoader } from './fetch/position-loader'
import { ShardDirectory } from './cluster/shard-directory'
import type {
  CommitResult,
  LogSource,
  OffsetRange,
  ReleaseReason,
  SourceEvent,
  SourceListener,
} from './log-source'
import { evictStaleMembers } from './group/stale-members'

export interface GroupConsumerOptions {
  readonly consumer: ConsumerOptions
  /** Unique among all members, past and future. The client finds its own member by this id. */
  readonly clientId: string
  readonly logger: Logger
  readonly clock?: Clock
}

/** One membership in a consumer group, from the first connection to the leave. */
export class GroupConsumer implements LogSource {
  readonly #options: GroupConsumerOptions
  readonly #clock: Clock
  readonly #listener: SourceListener
  readonly #cluster: Cluster
  readonly #directory: ShardDirectory
  readonly #member: GroupMember
  readonly #fetcher: Fetcher
  readonly #positions: PositionLoader
  /** Aborted when nothing more is fetched or reported. */
  readonly #ended = new AbortController()
  /** Rejects with the exception of a listener or of a background task. */
  readonly #failed: Promise<never>
  #fail: (error: unknown) => void = () => undefined
  #hasFailed = false

  constructor(options: GroupConsumerOptions, listener: SourceListener) {
    const { consumer, clientId, logger, clock = systemClock } = options
    const { logstore, group, project, sessionTimeoutMs, rebalanceTimeoutMs } = consumer
    const { signal } = this.#ended
    this.#options = options
    this.#clock = clock
    this.#listener = listener
    this.#failed = new Promise((_resolve, reject) => {
      this.#fail = (error) => {
        this.#hasFailed = true
        reject(toError(error))
      }
    })
    this.#failed.catch(() => undefined)
    this.#cluster = new Cluster({ project, clientId, clock }, (event) => {
      this.#onBrokerEvent(event)
    })
    this.#directory = new ShardDirectory(this.#cluster, logstore, clock, signal)
    const parts = { cluster: this.#cluster, directory: this.#directory, clock, logger }
    this.#member = new GroupMember(
      {
        group,
        logstore,
        clientId,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
      },
      parts,
      {
        onEvent: (event) => {
          this.#onMemberEvent(event)
        },
        beforeRejoin: () => this.#beforeRejoin(),
      },
    )
    this.#fetcher = new Fetcher(
      { logstore, maxBytesPerShard: consumer.maxBytesPerShard },
      parts,
      (event) => {
        if (event.type === 'alive') this.#onAlive()
        else this.#emit(event)
      },
      () => this.isWithinSession,
    )
    this.#positions = new PositionLoader({ group, logstore }, parts, this.#fetcher, (error) => {
      this.#onRequestFailed(error)
    })
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clientId, logger } = this.#options
    const end = markRunning(clientId)
    const stop = new AbortController()
    const forget = onAbort(signal, () => {
      stop.abort()
    })
    try {
      await Promise.race([this.#runMembership(stop.signal), this.#failed, aborted(stop.signal)])
    } catch (error) {
      if (signal.aborted) return
      logger.debug(`the membership ended: ${String(error)}`)
      throw error
    } finally {
      await this.#close(stop, signal.aborted ? 'stop' : 'failure')
      forget()
      end()
    }
  }

  get isWithinSession(): boolean {
    return this.#member.isWithinSession
  }

  pause(shard: number): void {
    this.#fetcher.pause(shard)
  }

  resume(shard: number): void {
    this.#fetcher.resume(shard)
  }

  seek(shard: number, offset: bigint): void {
    this.#fetcher.seek(shard, offset)
  }

  async offsetRanges(): Promise<ReadonlyMap<number, OffsetRange>> {
    const { logstore } = this.#options.consumer
    await this.#directory.ensureFresh()
    // The beginnings come first, so that a record written in between is within the range.
    const { offsets } = await listBeginnings(this.#cluster, this.#directory, logstore)
    const ends = await listEnds(this.#cluster, this.#directory, logstore)
    const ranges = new Map<number, OffsetRange>()
    for (const [shard, earliest] of offsets) {
      const end = ends.offsets.get(shard)
      if (end !== undefined) ranges.set(shard, { earliest, end })
    }
    return ranges
  }

  async offsetsAt(time: number): Promise<ReadonlyMap<number, bigint>> {
    await this.#directory.ensureFresh()
    const { logstore } = this.#options.consumer
    return (await listOffsetsAt(this.#cluster, this.#directory, logstore, time)).offsets
  }

  commit(offsets: ReadonlyMap<number, bigint>): Promise<CommitResult> {
    return this.#member.commit(offsets)
  }

  async #runMembership(signal: AbortSignal): Promise<void> {
    this.#emit({ type: 'connecting' })
    await this.#prepare(signal)
    signal.throwIfAborted()
    await Promise.all([this.#member.run(signal), this.#fetcher.run(signal)])
  }

  /** Before the join: looks the logstore up, evicts stale members, and commits a new group's start position. */
  async #prepare(signal: AbortSignal): Promise<void> {
    const { consumer, clientId, logger } = this.#options
    const { group, logstore, startFrom } = consumer
    await this.#directory.find()
    await evictStaleMembers(this.#cluster, { group, clientId, logger })
    const context = { cluster: this.#cluster, directory: this.#directory, clock: this.#clock }
    const position = { ...context, group, logstore, signal }
    await ensureStartPosition(position, startFrom, (error) => {
      this.#onRequestFailed(error)
    })
  }

  #onBrokerEvent(event: BrokerEvent): void {
    switch (event.type) {
      case 'failed':
        this.#onRequestFailed(event.error)
        break
      case 'arriving':
        this.#onAlive()
        break
      case 'throttled': {
        const { milliseconds } = event
        if (milliseconds >= tuning.MIN_REPORTED_THROTTLE_MS)
          this.#emit({ type: 'throttled', milliseconds })
      }
    }
  }

  #onMemberEvent(event: MemberEvent): void {
    switch (event.type) {
      case 'assigned':
        this.#onAssigned(event.assignment, event.signal)
        break
      case 'heartbeat':
        this.#onHeartbeat()
        break
      default:
        this.#emit(event)
    }
  }

  #onAssigned({ shards, isUninterrupted }: MemberAssignment, signal: AbortSignal): void {
    const isKept = (shard: number): boolean => isUninterrupted && this.#fetcher.has(shard)
    const kept = new Set(shards.filter(isKept))
    this.#fetcher.assign(shards, kept)
    this.#emit({ type: 'alive' })
    const total = this.#directory.shards.length
    this.#emit({ type: 'assigned', assignment: { shards, kept, total } })
    const { failure } = this.#member
    if (failure !== null) this.#onRequestFailed(failure)
    this.#fetcher.resumeDelivery()
    this.#positions.load(shards, signal).catch(this.#fail)
    if (shards.length === 0 && total > 0) void this.#checkAssignments(signal)
  }

  /** Others can have all the shards, or the group's leader does not know the logstore. */
  async #checkAssignments(signal: AbortSignal): Promise<void> {
    if (this.#member.isLeader) return
    const { group, logstore } = this.#options.consumer
    const isAssigned = await this.#cluster
      .sendToCoordinator(group, describeGroup(group))
      .then((description) => isLogstoreAssigned(description, logstore))
      .catch(() => null)
    if (isAssigned === null || signal.aborted) return
    this.#emit({ type: 'no-assignment', isLogstoreUnassigned: !isAssigned })
  }

  #onHeartbeat(): void {
    // Where a shard is fetched, only an answered fetch proves that records would come.
    if (!this.#fetcher.isActive) this.#onAlive()
    this.#fetcher.deliverBuffered()
  }

  #onAlive(): void {
    const { failure } = this.#member
    if (failure === null) this.#emit({ type: 'alive' })
    else this.#onRequestFailed(failure)
  }

  #onRequestFailed(error: unknown): void {
    this.#emit({ type: 'trouble', error })
  }

  async #beforeRejoin(): Promise<void> {
    this.#fetcher.suspendDelivery()
    await this.#release('rebalance', tuning.RELEASE_TIMEOUT_MS)
  }

  async #release(reason: ReleaseReason, timeoutMs: number): Promise<void> {
    if (this.#isOver && reason === 'rebalance') return
    await settledWithin(this.#listener.beforeRelease(reason), timeoutMs)
  }

  #emit(event: SourceEvent): void {
    if (this.#isOver) return
    try {
      this.#listener.onEvent(event)
    } catch (error) {
      this.#fail(error)
    }
  }

  get #isOver(): boolean {
    return this.#ended.signal.aborted || this.#hasFailed
  }

  async #close(stop: AbortController, reason: 'stop' | 'failure'): Promise<void> {
    stop.abort()
    this.#fetcher.suspendDelivery()
    this.#member.close()
    const timeoutMs =
      reason === 'stop' ? tuning.RELEASE_TIMEOUT_MS : tuning.FAILURE_RELEASE_TIMEOUT_MS
    if (this.#member.canCommit) await this.#release(reason, timeoutMs)
    this.#ended.abort()
    await settledWithin(this.#member.leave(), tuning.LEAVE_TIMEOUT_MS)
    this.#member.end()
    this.#cluster.close()
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    onAbort(signal, resolve)
  })
}
