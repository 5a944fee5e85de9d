import { onAbort } from '../abort'
import { SlsKafkaError } from '../errors'
import type {
  Assignment,
  PositionReset,
  SourceEvent,
  SourceListener,
  UnreadableSpan,
} from '../kafka/source'
import type { ConsumerOptions } from '../config/consumer-options'
import { wait } from '../wait'
import { AckWatch } from './ack-watch'
import { Backoff } from '../backoff'
import { NO_PROGRESS } from '../delivery/progress'
import { containedPorts } from './contained-ports'
import type { ConsumerPorts } from './consumer-ports'
import { ErrorTally } from './error-tally'
import { describeFailure } from './failure'
import { FailureReport } from './failure-report'
import { Hindrances } from './hindrances'
import { Lifecycle } from './lifecycle'
import { DeliveryPipeline, type DeliveryPorts } from '../delivery/pipeline'
import { RetryWatch } from './retry-watch'
import { ShardMemory } from '../delivery/shard-memory'
import type { ConsumerSnapshot } from './snapshot'
import { membershipOf, type ConsumerState } from './state'
import { tallied } from './tallied'
import { isOverdue, transition, type ConsumerEvent } from './transition'
import { UserPause } from '../delivery/user-pause'

const CHECK_INTERVAL = 1_000

/**
 * One consumer as the user knows it. It keeps a source alive: whatever ends it, a new one follows after
 * a back-off, until the consumer is stopped. There is never more than one source, because each is one
 * promise and the next begins after it. What a user does to it while it runs is in `steering.ts`.
 */
export class LogConsumer {
  readonly #options: ConsumerOptions
  readonly #ports: ConsumerPorts
  readonly #backoff = new Backoff()
  #state: ConsumerState = { name: 'stopped' }
  #flow: DeliveryPipeline | null = null
  readonly #lifecycle = new Lifecycle((signal) => this.#live(signal))
  readonly #tally = new ErrorTally()
  readonly #userPause = new UserPause()
  readonly #report: FailureReport
  readonly #ackWatch: AckWatch | null
  readonly #retryWatch: RetryWatch
  readonly #memory: ShardMemory
  readonly #hindrances = new Hindrances()

  constructor(options: ConsumerOptions, ports: ConsumerPorts) {
    this.#options = options
    this.#ports = tallied(containedPorts(ports), this.#tally)
    this.#report = new FailureReport(this.#ports, this.#hindrances.failedShards)
    this.#ackWatch = options.ack && new AckWatch(options.ack, this.#ports.onWarning)
    this.#retryWatch = new RetryWatch(this.#ports.onWarning)
    this.#memory = new ShardMemory(ports.clock)
  }

  /** Begins, now or when a stop under way has ended; nothing if it runs. */
  start(): void {
    this.#lifecycle.start()
  }

  /** Commits, leaves the group and ends, until it is started again. Bounded; never rejects. */
  stop(): Promise<void> {
    return this.#lifecycle.stop('rest')
  }

  /** The same for good. */
  close(): Promise<void> {
    return this.#lifecycle.stop('end')
  }

  /** The user wants shards paused, or not any more. @param shards null for all, also those to come */
  setPause(isPaused: boolean, shards: readonly number[] | null): void {
    this.#userPause.set(isPaused, shards)
    this.#flow?.applyUserPause()
  }

  /**
   * A deploy has restarted nodes that records go through, while this consumer ran on.
   *
   * @returns how many records were sent again, after some seconds in which nothing of them was answered
   */
  flowRestarted(): Promise<number> {
    return this.#flow?.flowRestarted() ?? Promise.resolve(0)
  }

  get state(): ConsumerState {
    return this.#state
  }

  /** The way of the records while the group counts us in; null while it does not, or that is uncertain. */
  get joined(): DeliveryPipeline | null {
    return membershipOf(this.#state) && this.#flow
  }

  /** What cannot be decoded, by shard; null if it is the service or the network that fails. */
  unreadable(shard: number): UnreadableSpan | null {
    return this.#hindrances.failedShards.unreadableOf(shard)
  }

  /** The error that was told last, since the node was deployed; null if none was. */
  get lastError(): SlsKafkaError | null {
    return this.#tally.lastError
  }

  /** Something that is no failure of reading. */
  tell(error: SlsKafkaError): void {
    this.#ports.onFailure(error, null)
  }

  /** Reading of the shard went on elsewhere. */
  leftBehind(shard: number): void {
    this.#hindrances.failedShards.forget(shard)
  }

  snapshot(): ConsumerSnapshot {
    const nowMs = this.#ports.clock.monotonic()
    const flow = this.#flow
    const { failedShards } = this.#hindrances
    return {
      state: this.#state,
      join: this.#joinAt(nowMs),
      shards: flow?.shards ?? 0,
      rate: flow?.rate(nowMs) ?? 0,
      bytesPerSecond: flow?.bytesPerSecond(nowMs) ?? 0,
      delaySeconds: this.#memory.delaySeconds,
      isCaughtUp: this.#memory.isCaughtUp,
      isPaused: this.joined?.isPausedByUser ?? this.#userPause.isOfNewShards,
      attempts: flow?.attempts ?? 0,
      ...(flow ? failedShards.addedTo(flow.progress(nowMs)) : NO_PROGRESS),
      ...this.#hindrances.at(nowMs),
      lastError: this.#tally.last,
      errors: this.#tally.counts,
      shardStates: this.#shardStates(),
    }
  }

  #shardStates(): ConsumerSnapshot['shardStates'] {
    const known = this.#flow?.shardStates() ?? []
    const states = known.length > 0 ? known : this.#memory.lastStates(this.#userPause)
    return states.map((state) => ({
      ...state,
      stoppedBy: state.stoppedBy ?? this.#hindrances.failedShards.codeOf(state.shard),
      lastError: this.#tally.lastOf(state.shard),
    }))
  }

  async #live(signal: AbortSignal): Promise<void> {
    const ignoreAbort = onAbort(signal, () => {
      this.#enter({ type: 'stopping' })
    })
    this.#forget()
    this.#enter({ type: 'started' })
    this.#ports.onStarted()
    const stopChecking = this.#ports.clock.every(CHECK_INTERVAL, () => {
      this.#check()
    })
    while (!signal.aborted) {
      const error = await this.#runOnce(signal)
      if (error) await this.#backOff(error, signal)
    }
    stopChecking()
    ignoreAbort()
    this.#memory.clear()
    this.#enter({ type: 'stopped' })
    this.#ports.onStopped()
  }

  /** What was of the last life. */
  #forget(): void {
    this.#backoff.reset()
    this.#hindrances.clear()
    this.#report.forget()
    this.#memory.start()
  }

  /** @returns why the membership ended, or null if it was told to */
  async #runOnce(signal: AbortSignal): Promise<SlsKafkaError | null> {
    try {
      const source = this.#ports.createSource(this.#listener)
      this.#flow = new DeliveryPipeline(
        this.#options,
        this.#flowPorts,
        source,
        this.#userPause,
        this.#memory,
      )
      await source.run(signal)
      return null
    } catch (error) {
      return describeFailure(error, this.#options)
    } finally {
      this.#flow?.end()
      this.#flow = null
    }
  }

  async #backOff(error: SlsKafkaError, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { clock } = this.#ports
    const waitMs = this.#backoff.next()
    const nowMs = clock.monotonic()
    this.#enter({ type: 'failed', error, nextTryAtMs: nowMs + waitMs })
    this.#report.tell(error, Math.round(waitMs / 1000), nowMs)
    await wait(clock, waitMs, signal)
  }

  readonly #listener: SourceListener = {
    onEvent: (event) => {
      this.#onEvent(event)
    },
    beforeRelease: async (reason) => {
      await this.#flow?.release(reason)
    },
  }

  #onEvent(event: SourceEvent): void {
    const nowMs = this.#ports.clock.monotonic()
    switch (event.type) {
      case 'connecting':
      case 'join-waits':
        this.#enter(event)
        break
      case 'joining':
        this.#enter({ type: 'joining', nowMs })
        break
      case 'assigned':
        this.#onAssigned(event.assignment, nowMs)
        break
      case 'left-out':
        this.#onLeftOut(event.isNobodyReading)
        break
      case 'fetched':
        this.#report.shardRead(event.batch.shard)
        this.#flow?.fetched(event.batch)
        break
      case 'caught-up':
        this.#report.shardRead(event.shard)
        this.#flow?.caughtUp(event.shard)
        break
      case 'cut-short':
        this.#report.shardRead(event.shard)
        this.#flow?.cutShort(event.shard)
        break
      case 'shard-failed': {
        const { shard, error, unreadable } = event
        this.#flow?.failed(shard)
        this.#report.shardFailed(shard, describeFailure(error, this.#options), unreadable)
        break
      }
      case 'position-reset':
        this.#onPositionReset(event.reset)
        break
      case 'throttled':
        this.#onThrottled(event.milliseconds, nowMs)
        break
      case 'answer':
        this.#onAnswer(nowMs)
        break
      case 'trouble': {
        const error = describeFailure(event.error, this.#options)
        this.#enter({ type: 'trouble', error, nowMs })
        break
      }
    }
  }

  #onAssigned(assignment: Assignment, nowMs: number): void {
    this.#hindrances.assigned(assignment.shards)
    this.#flow?.assigned(assignment)
    this.#enter({ type: 'assigned', membership: { totalShards: assignment.total }, nowMs })
    this.#ports.onJoined(assignment.shards)
  }

  #onLeftOut(isNobodyReading: boolean): void {
    if (!this.#hindrances.leftOut(isNobodyReading)) return
    const { group, logstore } = this.#options
    const detail = `the group's leader assigns no shard of ${logstore} to anybody`
    this.#ports.onFailure(new SlsKafkaError('SLS_GROUP_CONFLICT', { group, detail }), null)
  }

  #onPositionReset({ shard, lost, found }: PositionReset): void {
    this.#flow?.positionReset(shard)
    const { group } = this.#options
    const error = new SlsKafkaError('SLS_OFFSET_EXPIRED', { group, shard, lost, found })
    this.#hindrances.recordFailed(error, this.#ports.clock.monotonic())
    this.#ports.onFailure(error, null)
  }

  #onThrottled(milliseconds: number, nowMs: number): void {
    this.#enter({ type: 'throttled', untilMs: nowMs + milliseconds })
    if (!this.#hindrances.throttled(milliseconds, nowMs)) return
    const { logstore } = this.#options
    const seconds = Math.ceil(milliseconds / 1000)
    this.#ports.onWarning(new SlsKafkaError('SLS_THROTTLED', { logstore, seconds }))
  }

  #onAnswer(nowMs: number): void {
    if (this.#enter({ type: 'answered', nowMs }).name !== 'consuming') return
    // Not sooner: a consumer that can join but not read would otherwise join every other second.
    this.#backoff.reset()
    this.#report.recovered()
  }

  get #flowPorts(): DeliveryPorts {
    const { clock, send, sendDeadLetter, onRecordError, onContained } = this.#ports
    return {
      clock,
      send,
      sendDeadLetter,
      onContained,
      onRecordError: (error, message) => {
        this.#hindrances.recordFailed(error, clock.monotonic())
        onRecordError(error, message)
      },
    }
  }

  #joinAt(nowMs: number): ConsumerSnapshot['join'] {
    if (this.#state.name !== 'joining') return null
    const { rebalanceTimeout } = this.#options
    return { seconds: (nowMs - this.#state.sinceMs) / 1000, atMost: rebalanceTimeout / 1000 }
  }

  #enter(event: ConsumerEvent): ConsumerState {
    this.#state = transition(this.#state, event)
    return this.#state
  }

  /** Once a second: a connection that does not come back, a member or a flow that nothing is heard of. */
  #check(): void {
    const nowMs = this.#ports.clock.monotonic()
    const state = this.#enter({ type: 'checked', nowMs })
    if (state.name === 'reconnecting' && isOverdue(state, nowMs)) {
      this.#report.tell(state.error, null, state.sinceMs)
    }
    const progress = this.#flow?.progress(nowMs) ?? NO_PROGRESS
    this.#ackWatch?.check(progress)
    this.#retryWatch.check(progress.retrying, this.#memory.isRetrying)
  }
}
