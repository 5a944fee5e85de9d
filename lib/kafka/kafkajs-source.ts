import type { Consumer, ConsumerConfig, EachBatchPayload } from 'kafkajs'
import { onAbort } from '../abort'
import { settledWithin } from '../bounded'
import { SlsKafkaError } from '../errors'
import { clientConfig, traceLog, type MemberOptions } from './client-config'
import * as tuning from './constants'
import { Dialer } from './dialer'
import { evictFormerLives } from './evict'
import { UnreadableBatchError } from './hardening/fetched-records'
import { guardedListener } from './guarded-listener'
import { installMembershipHooks, type MembershipHooks } from './hardening/membership-hooks'
import { privateKafkaJS } from './hardening/private-kafkajs'
import { begin } from './incarnation'
import type { BatchInternals } from './internals'
import { JoinWatch } from './join-watch'
import { Membership } from './membership'
import { leaveByClientId } from './leave'
import { OffsetLookUp } from './offset-look-up'
import { rangeAssigner } from './range-assigner'
import { KafkaSession } from './session'
import type {
  CommitOutcome,
  FetchedRecord,
  LogSource,
  LogSourceListener,
  OffsetRange,
} from './source'
import { setStartPosition } from './start-position'
import { unreadableBatch } from './unreadable-batch'

/** One membership in a consumer group, by kafkajs. */
export class KafkajsSource implements LogSource {
  readonly #options: MemberOptions
  readonly #listener: LogSourceListener
  readonly #membership: Membership
  readonly #dialer: Dialer
  readonly #lookUp: OffsetLookUp
  readonly #failure = new Failure()
  #consumer: Consumer | null = null
  #closingSession: KafkaSession | null = null
  #isClosed = false
  #lastAnswer = 0
  readonly #paused = new Set<number>()
  /** Shards whose fetches fail, and since when. */
  readonly #failing = new Map<number, number>()

  constructor(options: MemberOptions, listener: LogSourceListener) {
    this.#options = options
    this.#listener = guardedListener(listener, (error) => {
      this.#failure.raise(error)
    })
    this.#lookUp = new OffsetLookUp(options)
    this.#membership = new Membership(options.consumer.logstore)
    this.#dialer = new Dialer({
      project: options.consumer.project,
      groupWait: options.consumer.rebalanceTimeout + tuning.REQUEST_TIMEOUT,
      onArriving: () => {
        this.#onAnswer()
      },
      onError: (error) => {
        this.#onTrouble(error)
      },
    })
  }

  async run(signal: AbortSignal): Promise<void> {
    let ignoreAbort: () => void = () => undefined
    const aborted = new Promise<void>((resolve) => {
      ignoreAbort = onAbort(signal, resolve)
    })
    const end = begin(this.#options.clientId)
    const started = this.#start(signal)
    const watchdog = setInterval(() => {
      this.#checkAlive()
    }, tuning.STALL_TIMEOUT / 4)
    const joinWatch = new JoinWatch(this.#options, this.#dialer, {
      isLeader: () => this.#membership.isLeader,
      onWaiting: (since) => {
        if (!this.#isClosed) this.#listener.onJoinWaits(since)
      },
    })
    try {
      await Promise.race([aborted, this.#failure.promise, started.then(() => aborted)])
    } catch (error) {
      if (signal.aborted) return
      this.#options.logger.debug(`the membership ended: ${String(error)}`)
      throw error
    } finally {
      clearInterval(watchdog)
      joinWatch.end()
      ignoreAbort()
      await this.#close(signal.aborted, started)
      end()
    }
  }

  pause(shard: number): void {
    this.#paused.add(shard)
    this.#consumer?.pause([{ topic: this.#topic, partitions: [shard] }])
  }

  resume(shard: number): void {
    this.#paused.delete(shard)
    this.#consumer?.resume([{ topic: this.#topic, partitions: [shard] }])
  }

  seek(shard: number, offset: bigint): void {
    this.#failing.delete(shard)
    this.#membership.moveTo(shard, offset)
    this.#consumer?.seek({ topic: this.#topic, partition: shard, offset: String(offset) })
  }

  offsetRanges(): Promise<ReadonlyMap<number, OffsetRange>> {
    return this.#lookUp.ranges()
  }

  offsetsAt(time: number): Promise<ReadonlyMap<number, bigint>> {
    return this.#lookUp.at(time)
  }

  commit(offsets: ReadonlyMap<number, bigint>): Promise<CommitOutcome> {
    return this.#membership.commit(offsets, this.#closingSession)
  }

  get #topic(): string {
    return this.#options.consumer.logstore
  }

  async #start(signal: AbortSignal): Promise<void> {
    this.#listener.onPhase('connecting')
    await this.#prepare()
    signal.throwIfAborted()
    const consumer = this.#createConsumer()
    this.#consumer = consumer
    await consumer.connect()
    await consumer.subscribe({ topics: [this.#topic], fromBeginning: true })
    signal.throwIfAborted()
    this.#listener.onPhase('joining')
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => {
        this.#onBatch(payload)
        return Promise.resolve()
      },
    })
  }

  /** Says what is wrong while nothing is at stake, and sets where a new group begins. */
  async #prepare(): Promise<void> {
    const { consumer, clientId, logger } = this.#options
    const session = await KafkaSession.open({ ...this.#options, dialer: this.#dialer })
    try {
      await evictFormerLives(session, consumer.group, clientId, logger)
      await setStartPosition(session, consumer.group, consumer.startFrom)
    } finally {
      await session.close()
    }
  }

  #createConsumer(): Consumer {
    const { consumer: options, clientId, logger } = this.#options
    const { kafkajs } = privateKafkaJS()
    const kafka = new kafkajs.Kafka({
      ...clientConfig(options.project, clientId, this.#dialer),
      retry: this.#retry,
      logLevel: kafkajs.logLevel.INFO,
      logCreator: traceLog(logger),
    })
    const consumer = kafka.consumer({
      groupId: options.group,
      sessionTimeout: options.sessionTimeout,
      rebalanceTimeout: options.rebalanceTimeout,
      heartbeatInterval: tuning.HEARTBEAT_INTERVAL,
      maxBytesPerPartition: options.maxBytesPerShard,
      minBytes: tuning.FETCH_MIN_BYTES,
      maxBytes: tuning.FETCH_MAX_BYTES,
      maxWaitTimeInMs: tuning.FETCH_MAX_WAIT,
      metadataMaxAge: tuning.METADATA_MAX_AGE,
      allowAutoTopicCreation: false,
      // SLS has no transactions; the option spares a dependency on its last stable offset.
      readUncommitted: true,
      retry: { ...this.#retry, restartOnFailure: () => Promise.resolve(false) },
      partitionAssigners: [
        rangeAssigner((cluster) => {
          installMembershipHooks(cluster, this.#hooks)
        }),
      ],
    })
    this.#listen(consumer)
    return consumer
  }

  /**
   * kafkajs retries for ever inside one membership, because giving up would lose the member id, and the
   * ghost that it leaves behind blocks the group for the session time-out. The number is an object
   * that is read anew at each attempt, so that a close ends them.
   */
  get #retry(): NonNullable<ConsumerConfig['retry']> {
    const retries = { valueOf: () => (this.#isClosed ? -1 : Number.MAX_SAFE_INTEGER) }
    return {
      retries: retries as unknown as number,
      initialRetryTime: tuning.CLIENT_RETRY_FIRST,
      maxRetryTime: tuning.CLIENT_RETRY_LONGEST,
    }
  }

  readonly #hooks: MembershipHooks = {
    beforeRejoin: async () => {
      if (this.#isClosed) return
      await settledWithin(this.#listener.beforeRelease('rebalance'), tuning.RELEASE_TIMEOUT)
    },
    onJoining: (group) => {
      this.#membership.joining(group)
      if (!this.#isClosed) this.#listener.onPhase('joining')
    },
    onJoinFailed: (error, isRetried) => {
      if (!isRetried) this.#membership.joinFailed()
      // That of the first join ends `run`, which tells.
      if (isRetried || this.#membership.committer) this.#onTrouble(error)
    },
    onFetch: (batches) => {
      if (!this.#isClosed) this.#onFetch(batches)
    },
    onFetchFailed: (error) => {
      this.#onTrouble(error)
    },
    onShardFailed: (shard, error, isGivenUp) => {
      this.#onShardFailed(shard, error, isGivenUp)
    },
    onPositionReset: (reset) => {
      this.#membership.forgetPosition(reset.shard)
      if (!this.#isClosed) this.#listener.onPositionReset(reset)
    },
  }

  #listen(consumer: Consumer): void {
    const { CRASH, GROUP_JOIN, HEARTBEAT } = consumer.events
    // kafkajs runs listeners inside its own loop: what they throw would stop the consumer.
    consumer.on(CRASH, ({ payload }) => {
      this.#failure.raise(payload.error)
    })
    consumer.on(HEARTBEAT, () => {
      if (!this.#isFetching) this.#onAnswer()
    })
    consumer.on(GROUP_JOIN, ({ payload }) => {
      if (!this.#isClosed) this.#onJoined(consumer, payload.memberAssignment[this.#topic] ?? [])
    })
  }

  #onJoined(consumer: Consumer, shards: readonly number[]): void {
    const assignment = this.#membership.joined(shards)
    this.#failing.clear()
    for (const shard of shards) {
      const position = this.#membership.position(shard)
      if (position !== undefined) {
        // kafkajs falls back to the committed offset at each rejoin; a kept shard reads on instead.
        consumer.seek({ topic: this.#topic, partition: shard, offset: String(position) })
      }
      if (!assignment.kept.has(shard)) this.resume(shard)
    }
    this.#onAnswer()
    this.#listener.onAssigned(assignment)
  }

  #onFetch(batches: readonly BatchInternals[]): void {
    if (this.#membership.isNobody) throw new LostMembershipError()
    if (this.#membership.isJoinBrokenOff) throw new BrokenJoinError()
    if (batches.length > 0) this.#onAnswer()
    for (const batch of batches) {
      if (this.#membership.isElsewhere(batch)) continue
      this.#failing.delete(batch.partition)
      // kafkajs shows nobody what is empty, and moves on by itself.
      if (batch.isEmptyDueToFiltering()) this.#advance(batch.partition, batch.lastOffset(), [])
      else if (batch.rawMessages.length === 0) this.#listener.onCaughtUp(batch.partition)
    }
  }

  #onBatch(payload: EachBatchPayload): void {
    const { batch } = payload
    if (this.#isClosed || !payload.isRunning() || payload.isStale()) return
    if (this.#membership.isElsewhere(batch as unknown as BatchInternals)) return
    if (!this.#advance(batch.partition, batch.lastOffset(), batch.messages)) return
    payload.resolveOffset(batch.lastOffset())
  }

  /** @returns false if the shard is not read any more */
  #advance(shard: number, lastOffset: string, records: readonly FetchedRecord[]): boolean {
    if (this.#failure.isRaised || !this.#membership.owns(shard)) return false
    const position = this.#membership.position(shard)
    const next = BigInt(lastOffset) + 1n
    if (position === undefined || next > position) {
      this.#membership.advance(shard, next)
      this.#listener.onFetched({ shard, next, records: notBefore(position, records) })
    }
    return true
  }

  #onAnswer(): void {
    this.#lastAnswer = Date.now()
    if (!this.#isClosed) this.#listener.onAnswer()
  }

  #onTrouble(error: unknown): void {
    if (this.#isClosed) return
    // Our own refusal of a stranger's host: kafkajs would try it again and again.
    if (error instanceof SlsKafkaError) this.#failure.raise(error)
    else this.#listener.onTrouble(error)
  }

  #onShardFailed(shard: number, error: Error, isGivenUp: boolean): void {
    if (this.#isClosed) return
    const since = this.#failing.get(shard) ?? Date.now()
    this.#failing.set(shard, since)
    if (isGivenUp && error instanceof UnreadableBatchError) {
      const { offset: first, lastOffset: last } = error
      this.#listener.onShardFailed(shard, unreadableBatch(shard, error), { first, last })
    } else if (Date.now() - since >= tuning.SHARD_GRACE) {
      this.#listener.onShardFailed(shard, error)
    }
  }

  /** Then only an answered fetch proves that records would come: heartbeats go another way. */
  get #isFetching(): boolean {
    const { shards } = this.#membership
    return [...shards].some((shard) => !this.#paused.has(shard) && !this.#failing.has(shard))
  }

  /** Connected, a member, and yet nothing is answered as it should be: only a new client helps. */
  #checkAlive(): void {
    if (!this.#membership.isJoined || !this.#dialer.isConnected) return
    if (Date.now() - this.#lastAnswer < tuning.STALL_TIMEOUT) return
    this.#failure.raise(new SlsKafkaError('SLS_STALLED', { seconds: tuning.STALL_TIMEOUT / 1000 }))
  }

  async #close(isWanted: boolean, started: Promise<void>): Promise<void> {
    if (isWanted && this.#membership.isJoined) {
      await settledWithin(this.#listener.beforeRelease('stop'), tuning.RELEASE_TIMEOUT)
    }
    this.#isClosed = true
    if (this.#consumer && this.#membership.isJoined) {
      await settledWithin(this.#leave(this.#consumer), tuning.LEAVE_TIMEOUT)
    }
    this.#dialer.close()
    this.#lookUp.close()
    if (this.#consumer && !this.#membership.isJoined) {
      await leaveByClientId(this.#options, tuning.LEAVE_TIMEOUT, async (session) => {
        // A group that is gathering its members still takes the commits of the last generation.
        this.#closingSession = session
        if (isWanted) await this.#listener.beforeRelease('stop')
      })
    }
    // Without a socket and with no retries left, whatever was under way comes to nothing.
    await settledWithin(started, tuning.SETTLE_TIMEOUT)
    if (this.#consumer) await settledWithin(this.#consumer.disconnect(), tuning.SETTLE_TIMEOUT)
  }

  /** Does not wait for the fetch under way (hardening/prompt-leave.ts); `close` of the dialer ends it. */
  async #leave(consumer: Consumer): Promise<void> {
    // Nothing more is fetched from here on.
    consumer.disconnect().catch(() => undefined)
    await this.#membership.leave()
  }
}

/**
 * Where the group has dropped its member and refuses the first attempt to join again, kafkajs fetches on
 * as nobody: it sends no heartbeats, may commit nothing and never joins. With this error of a fetch it
 * joins.
 */
class LostMembershipError extends Error {
  /** By which kafkajs tells errors apart. */
  readonly type = 'UNKNOWN_MEMBER_ID'

  constructor() {
    super('the group no longer knows this member')
  }
}

/**
 * Where the connection breaks between the join and its assignment, kafkajs fetches on with the shards of the
 * generation before, and the heartbeats of the new one are in order: it would do so for ever. With this
 * error of a fetch it joins again, as the same member.
 */
class BrokenJoinError extends Error {
  readonly type = 'REBALANCE_IN_PROGRESS'

  constructor() {
    super('the join was broken off')
  }
}

/** An error that may be raised when nobody waits for it yet; the first one counts. */
class Failure {
  #reject: (error: unknown) => void = () => undefined
  #isRaised = false
  readonly promise = new Promise<never>((_resolve, reject) => {
    this.#reject = reject
  })

  constructor() {
    // Otherwise an early one would be an unhandled rejection and end the process.
    this.promise.catch(() => undefined)
  }

  get isRaised(): boolean {
    return this.#isRaised
  }

  raise(error: unknown): void {
    this.#isRaised = true
    this.#reject(error)
  }
}

/** After a seek the service may answer with a batch that begins earlier than what was asked for. */
function notBefore(
  position: bigint | undefined,
  records: readonly FetchedRecord[],
): readonly FetchedRecord[] {
  const first = records[0]
  if (position === undefined || !first || BigInt(first.offset) >= position) return records
  return records.filter(({ offset }) => BigInt(offset) >= position)
}
