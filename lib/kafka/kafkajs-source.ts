import { setImmediate } from 'node:timers/promises'
import type { Consumer, EachBatchPayload } from 'kafkajs'
import { onAbort } from '../abort'
import { settledWithin } from '../bounded'
import { SlsKafkaError } from '../errors'
import { guarded, type OnError } from '../guarded'
import type { MemberOptions } from './client-config'
import * as tuning from './constants'
import { Dialer } from './dialer'
import { evictFormerLives } from './evict'
import { FirstFailure } from './first-failure'
import { createGroupConsumer } from './group-consumer'
import { guardedListener } from './guarded-listener'
import type { MembershipHooks } from './hardening/membership-hooks'
import { begin } from './incarnation'
import { JoinWatch } from './join-watch'
import { Membership } from './membership'
import { leaveByClientId } from './leave'
import { LookUp } from './look-up'
import { Reading } from './reading'
import { BrokenJoinError, LostMembershipError } from './rejoin-errors'
import { KafkaSession } from './session'
import type { CommitOutcome, LogSource, LogSourceListener, OffsetRange } from './source'
import { setStartPosition } from './start-position'

/** Of the event loop: one in which a record is sent, and one in which Node-RED delivers it. */
const TURNS_TO_THE_FLOW = 2

/** One membership in a consumer group, by kafkajs. */
export class KafkajsSource implements LogSource {
  readonly isWithinSession = true
  readonly #options: MemberOptions
  readonly #listener: LogSourceListener
  readonly #membership: Membership
  readonly #reading: Reading
  readonly #dialer: Dialer
  readonly #lookUp: LookUp
  readonly #failure = new FirstFailure()
  /** Aborted when nothing is to be told, and nothing tried, any more. */
  readonly #closing = new AbortController()
  #consumer: Consumer | null = null
  #closingSession: KafkaSession | null = null
  #lastAnswer = 0

  constructor(options: MemberOptions, listener: LogSourceListener) {
    this.#options = options
    this.#listener = guardedListener(listener, (error) => {
      this.#failure.raise(error)
    })
    this.#lookUp = new LookUp(options)
    this.#membership = new Membership(options.consumer.logstore)
    this.#reading = new Reading(this.#membership, this.#listener)
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
    const onError: OnError = (error) => {
      this.#failure.raise(error)
    }
    const checkAlive = guarded(onError, () => {
      this.#checkAlive()
    })
    const watchdog = setInterval(checkAlive, tuning.STALL_TIMEOUT / 4)
    const joinWatch = new JoinWatch(this.#options, this.#dialer, {
      isLeader: () => this.#membership.isLeader,
      onWaiting: (since) => {
        if (!this.#isClosed) this.#listener.onJoinWaits(since)
      },
      onError,
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
    this.#reading.pause(shard)
    this.#consumer?.pause([{ topic: this.#topic, partitions: [shard] }])
  }

  resume(shard: number): void {
    this.#reading.resume(shard)
    this.#consumer?.resume([{ topic: this.#topic, partitions: [shard] }])
  }

  seek(shard: number, offset: bigint): void {
    this.#reading.moveTo(shard, offset)
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
    const consumer = createGroupConsumer(
      this.#options,
      this.#dialer,
      this.#hooks,
      this.#closing.signal,
    )
    this.#listen(consumer)
    this.#consumer = consumer
    await consumer.connect()
    await consumer.subscribe({ topics: [this.#topic], fromBeginning: true })
    signal.throwIfAborted()
    this.#listener.onPhase('joining')
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => {
        this.#onBatch(payload)
        // The next fetch follows when this is done; what came is on its way to the flow by then.
        for (let turn = 0; turn < TURNS_TO_THE_FLOW; turn++) await setImmediate()
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

  readonly #hooks: MembershipHooks = {
    beforeRejoin: async () => {
      if (this.#isClosed) return
      await settledWithin(this.#listener.beforeRelease('rebalance'), tuning.RELEASE_TIMEOUT)
    },
    beforeLeave: async () => {
      if (!this.#isClosed) await this.#release('failure')
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
      if (this.#isOver) return
      if (this.#membership.isNobody) throw new LostMembershipError()
      if (this.#membership.isJoinBrokenOff) throw new BrokenJoinError()
      if (batches.length > 0) this.#onAnswer()
      this.#reading.answered(batches)
    },
    onFetchFailed: (error) => {
      this.#onTrouble(error)
    },
    onShardFailed: (shard, error, isGivenUp) => {
      if (!this.#isClosed) this.#reading.failed(shard, error, isGivenUp)
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
      // Where something is fetched, only an answered fetch proves that records would come.
      if (!this.#reading.isActive) this.#onAnswer()
    })
    consumer.on(GROUP_JOIN, ({ payload }) => {
      if (!this.#isClosed) this.#onJoined(consumer, payload.memberAssignment[this.#topic] ?? [])
    })
  }

  #onJoined(consumer: Consumer, shards: readonly number[]): void {
    const assignment = this.#membership.joined(shards)
    if (assignment.unknown.length > 0) {
      this.#failure.raise(this.#strangeAssignment(assignment.unknown))
      return
    }
    this.#reading.assigned()
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
    if (shards.length === 0 && assignment.total > 0) void this.#lookWhoReads()
  }

  #strangeAssignment(shards: readonly number[]): SlsKafkaError {
    const { group, logstore } = this.#options.consumer
    const first = shards.reduce((least, shard) => Math.min(least, shard))
    const detail = `the group's leader assigns shards that ${logstore} does not have: ${shards.length}, the first is ${first}`
    return new SlsKafkaError('SLS_GROUP_CONFLICT', { group, detail })
  }

  /** Others may have all the shards, or the leader knows nothing of our logstore. */
  async #lookWhoReads(): Promise<void> {
    if (this.#membership.isLeader) return
    const isRead = await this.#lookUp.isRead().catch(() => null)
    if (isRead === null || this.#isOver || this.#membership.shards.size > 0) return
    this.#listener.onLeftOut(!isRead)
  }

  #onBatch(payload: EachBatchPayload): void {
    const { batch } = payload
    if (this.#isOver || !payload.isRunning() || payload.isStale()) return
    if (this.#reading.fetched(batch)) payload.resolveOffset(batch.lastOffset())
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  /** Nothing more is given out. */
  get #isOver(): boolean {
    return this.#isClosed || this.#failure.isRaised
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

  /** Connected, a member, and yet nothing is answered as it should be: only a new client helps. */
  #checkAlive(): void {
    if (!this.#membership.isJoined || !this.#dialer.isConnected) return
    if (Date.now() - this.#lastAnswer < tuning.STALL_TIMEOUT) return
    this.#failure.raise(new SlsKafkaError('SLS_STALLED', { seconds: tuning.STALL_TIMEOUT / 1000 }))
  }

  async #close(isWanted: boolean, started: Promise<void>): Promise<void> {
    const reason = isWanted ? 'stop' : 'failure'
    if (this.#membership.isJoined) await this.#release(reason)
    this.#closing.abort()
    if (this.#consumer && this.#membership.isJoined) {
      await settledWithin(this.#leave(this.#consumer), tuning.LEAVE_TIMEOUT)
    }
    this.#dialer.close()
    this.#lookUp.close()
    if (this.#consumer && !this.#membership.isJoined) {
      await leaveByClientId(this.#options, tuning.LEAVE_TIMEOUT, async (session) => {
        // A group that is gathering its members still takes the commits of the last generation.
        this.#closingSession = session
        await this.#listener.beforeRelease(reason)
      })
    }
    // Without a socket and with no retries left, whatever was under way comes to nothing.
    await settledWithin(started, tuning.SETTLE_TIMEOUT)
    if (this.#consumer) await settledWithin(this.#consumer.disconnect(), tuning.SETTLE_TIMEOUT)
  }

  /** While the group still counts us in. A kafkajs that has left by itself did this before. */
  async #release(reason: 'stop' | 'failure'): Promise<void> {
    if (reason === 'failure' && this.#membership.isNobody) return
    const timeout = reason === 'stop' ? tuning.RELEASE_TIMEOUT : tuning.FAILURE_RELEASE_TIMEOUT
    await settledWithin(this.#listener.beforeRelease(reason), timeout)
  }

  /** Does not wait for the fetch under way (hardening/prompt-leave.ts); `close` of the dialer ends it. */
  async #leave(consumer: Consumer): Promise<void> {
    // Nothing more is fetched from here on.
    consumer.disconnect().catch(() => undefined)
    await this.#membership.leave()
  }
}
