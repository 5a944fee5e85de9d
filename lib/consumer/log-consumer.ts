import { onAbort, wait } from '../async'
import { MEMBERSHIP_BACKOFF, RetryBackoff } from '../backoff'
import type { ConsumerOptions } from '../config/consumer-options'
import { DeliveryPipeline, type DeliveryPorts } from '../delivery/pipeline'
import { NO_PROGRESS, type Progress } from '../delivery/progress'
import { ShardMemory } from '../delivery/shard-memory'
import { UserPause } from '../delivery/user-pause'
import { SlsKafkaError } from '../errors'
import type {
  Assignment,
  PositionReset,
  SourceEvent,
  SourceListener,
  UnreadableSpan,
} from '../kafka/log-source'
import { Conditions } from './conditions'
import type { ConsumerPorts } from './consumer-ports'
import { ErrorReporter } from './error-reporter'
import { describeFailure } from '../failure'
import { Lifecycle } from './lifecycle'
import { takeSnapshot, type ConsumerSnapshot } from './snapshot'
import { membershipOf, type ConsumerState } from './state'
import { isOverdue, transition, type ConsumerEvent } from './transition'

const CHECK_INTERVAL_MS = 1_000

/**
 * One consumer as the user knows it. It runs one source at a time: after a source has ended, a new one begins
 * after a backoff, until the consumer is stopped. `CommandExecutor` has the commands of the user.
 */
export class LogConsumer {
  readonly #options: ConsumerOptions
  readonly #ports: ConsumerPorts
  readonly #backoff = new RetryBackoff(MEMBERSHIP_BACKOFF)
  readonly #lifecycle = new Lifecycle((signal) => this.#run(signal))
  readonly #userPause = new UserPause()
  readonly #memory: ShardMemory
  readonly #conditions = new Conditions()
  readonly #reporter: ErrorReporter
  #state: ConsumerState = { name: 'stopped' }
  #pipeline: DeliveryPipeline | null = null

  constructor(options: ConsumerOptions, ports: ConsumerPorts) {
    this.#options = options
    this.#ports = ports
    this.#memory = new ShardMemory(ports.clock)
    this.#reporter = new ErrorReporter(ports, this.#conditions.failingShards)
  }

  /** Begins a run, now or when a stop under way has ended. Does nothing while a run is under way. */
  start(): void {
    this.#lifecycle.start()
  }

  /** Commits, leaves the group and ends, until it is started again. Bounded; never rejects. */
  stop(): Promise<void> {
    return this.#lifecycle.stop('stop')
  }

  /** Commits, leaves the group and ends; a later start does nothing. Bounded; never rejects. */
  close(): Promise<void> {
    return this.#lifecycle.stop('end')
  }

  /** Pauses or resumes shards for the user. @param shards null for all, also for later ones */
  setPause(isPaused: boolean, shards: readonly number[] | null): void {
    this.#userPause.set(isPaused, shards)
    this.#pipeline?.applyUserPause()
  }

  /**
   * Call this when a deploy has restarted nodes of the flow, but not this consumer.
   *
   * @returns how many records were sent again, after some seconds in which none of them was acknowledged
   */
  flowRestarted(): Promise<number> {
    return this.#pipeline?.flowRestarted() ?? Promise.resolve(0)
  }

  /** The current state. */
  get state(): ConsumerState {
    return this.#state
  }

  /** The pipeline of the current membership; null while the consumer is not a member of its group. */
  get joinedPipeline(): DeliveryPipeline | null {
    return membershipOf(this.#state) && this.#pipeline
  }

  /** The records of a shard that cannot be decoded; null if the service or the network fails. */
  unreadable(shard: number): UnreadableSpan | null {
    return this.#conditions.failingShards.get(shard)?.unreadable ?? null
  }

  /** The error that was reported last since the deploy; null if none was. */
  get lastError(): SlsKafkaError | null {
    return this.#reporter.lastError
  }

  /** Reports an error that does not stop consumption. */
  report(error: SlsKafkaError): void {
    this.#reporter.report(error)
  }

  /** Ends the failure of a shard whose position was moved. */
  forgetFailure(shard: number): void {
    this.#conditions.removeFailingShard(shard)
  }

  /** The state of the consumer at this moment. */
  snapshot(): ConsumerSnapshot {
    return takeSnapshot(
      {
        state: this.#state,
        pipeline: this.#pipeline,
        memory: this.#memory,
        userPause: this.#userPause,
        conditions: this.#conditions,
        reporter: this.#reporter,
        rebalanceTimeoutMs: this.#options.rebalanceTimeoutMs,
      },
      this.#ports.clock.monotonic(),
    )
  }

  async #run(signal: AbortSignal): Promise<void> {
    const ignoreAbort = onAbort(signal, () => {
      this.#enter({ type: 'stopping' })
    })
    this.#enter({ type: 'started' })
    this.#backoff.reset()
    this.#conditions.clear()
    this.#memory.start()
    this.#reporter.begin()
    this.#reporter.reportStarted()
    const stopChecking = this.#ports.clock.every(CHECK_INTERVAL_MS, () => {
      this.#check()
    })
    while (!signal.aborted) {
      const error = await this.#runMembership(signal)
      if (error) await this.#backOff(error, signal)
    }
    stopChecking()
    ignoreAbort()
    this.#memory.clear()
    this.#enter({ type: 'stopped' })
    this.#reporter.reportStopped()
  }

  /** @returns why the membership ended; null if a stop ended it */
  async #runMembership(signal: AbortSignal): Promise<SlsKafkaError | null> {
    try {
      const source = this.#ports.createSource(this.#listener)
      this.#pipeline = new DeliveryPipeline(
        this.#options,
        this.#deliveryPorts,
        source,
        this.#userPause,
        this.#memory,
      )
      await source.run(signal)
      return null
    } catch (error) {
      return describeFailure(error, this.#options)
    } finally {
      this.#pipeline?.end()
      this.#pipeline = null
    }
  }

  async #backOff(error: SlsKafkaError, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { clock } = this.#ports
    const waitMs = this.#backoff.failed()
    const nowMs = clock.monotonic()
    this.#enter({ type: 'failed', error, nextTryAtMs: nowMs + waitMs })
    this.#reporter.reportOutage(error, Math.round(waitMs / 1000), nowMs)
    await wait(clock, waitMs, signal)
  }

  readonly #listener: SourceListener = {
    onEvent: (event) => {
      this.#onEvent(event, this.#ports.clock.monotonic())
    },
    beforeRelease: async (reason) => {
      await this.#pipeline?.release(reason)
    },
  }

  #onEvent(event: SourceEvent, nowMs: number): void {
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
      case 'no-assignment':
        this.#onNoAssignment(event.isLogstoreUnassigned)
        break
      case 'fetched':
        this.#onShardRead(event.batch.shard)
        this.#pipeline?.fetched(event.batch)
        break
      case 'caught-up':
        this.#onShardRead(event.shard)
        this.#pipeline?.caughtUp(event.shard)
        break
      case 'cut-short':
        this.#onShardRead(event.shard)
        this.#pipeline?.cutShort(event.shard)
        break
      case 'shard-failed':
        this.#onShardFailed(event.shard, event.error, event.unreadable)
        break
      case 'position-reset':
        this.#onPositionReset(event.reset, nowMs)
        break
      case 'throttled':
        this.#onThrottled(event.milliseconds, nowMs)
        break
      case 'alive':
        this.#onResponse(nowMs)
        break
      case 'trouble': {
        const error = describeFailure(event.error, this.#options)
        this.#enter({ type: 'trouble', error, nowMs })
        break
      }
    }
  }

  #onAssigned(assignment: Assignment, nowMs: number): void {
    const { shards, total } = assignment
    this.#conditions.setAssignment(shards)
    if (shards.length > 0) this.#reporter.endCondition('SLS_GROUP_CONFLICT')
    this.#pipeline?.assigned(assignment)
    this.#enter({ type: 'assigned', membership: { totalShards: total }, nowMs })
    this.#reporter.reportJoined(shards)
  }

  #onNoAssignment(isLeftOut: boolean): void {
    this.#conditions.setLeftOut(isLeftOut)
    if (!isLeftOut) {
      this.#reporter.endCondition('SLS_GROUP_CONFLICT')
      return
    }
    const { group, logstore } = this.#options
    const detail = `the group's leader assigns no shard of ${logstore} to any member`
    this.#reporter.reportCondition(
      new SlsKafkaError('SLS_GROUP_CONFLICT', { group, detail }),
      'error',
    )
  }

  #onShardRead(shard: number): void {
    if (this.#conditions.removeFailingShard(shard)) this.#reporter.reportShardRecovery()
  }

  #onShardFailed(shard: number, cause: unknown, unreadable: UnreadableSpan | null): void {
    this.#pipeline?.failed(shard)
    const error = describeFailure(cause, this.#options)
    this.#reporter.reportShardFailure(shard, error)
    this.#conditions.addFailingShard(shard, { error, unreadable })
  }

  #onPositionReset(reset: PositionReset, nowMs: number): void {
    const { shard, previousOffset: lost, newOffset: found } = reset
    this.#pipeline?.positionReset(shard)
    const { group } = this.#options
    const error = new SlsKafkaError('SLS_OFFSET_EXPIRED', { group, shard, lost, found })
    this.#conditions.setRecordError(error, nowMs)
    this.#reporter.report(error)
  }

  #onThrottled(milliseconds: number, nowMs: number): void {
    this.#enter({ type: 'throttled', untilMs: nowMs + milliseconds })
    if (!this.#conditions.isThrottled(nowMs)) this.#reporter.endCondition('SLS_THROTTLED')
    this.#conditions.setThrottled(milliseconds, nowMs)
    const { logstore } = this.#options
    const seconds = Math.ceil(milliseconds / 1000)
    this.#reporter.reportCondition(
      new SlsKafkaError('SLS_THROTTLED', { logstore, seconds }),
      'warning',
    )
  }

  #onResponse(nowMs: number): void {
    if (this.#enter({ type: 'response', nowMs }).name !== 'consuming') return
    // A sooner reset would let a consumer that can join but not read join every other second.
    this.#backoff.reset()
    this.#reporter.reportRecovery()
  }

  get #deliveryPorts(): DeliveryPorts {
    const { clock, send, onContained } = this.#ports
    return {
      clock,
      send,
      onContained,
      sendDeadLetter: (message, error) => {
        this.#reporter.sendDeadLetter(message, error)
      },
      onRecordError: (error, message) => {
        this.#conditions.setRecordError(error, clock.monotonic())
        this.#reporter.reportRecordError(error, message)
      },
    }
  }

  #enter(event: ConsumerEvent): ConsumerState {
    this.#state = transition(this.#state, event)
    return this.#state
  }

  /** Checks once a second for a broken or silent connection, and for a flow that does not acknowledge. */
  #check(): void {
    const nowMs = this.#ports.clock.monotonic()
    const state = this.#state
    this.#enter({ type: 'checked', nowMs })
    if (state.name === 'reconnecting' && isOverdue(state, nowMs)) {
      this.#reporter.reportOutage(state.error, null, state.sinceMs)
    }
    this.#reportProgress(this.#pipeline?.progress(nowMs) ?? NO_PROGRESS)
  }

  #reportProgress({ inFlight, unanswered, retrying }: Progress): void {
    const { ack } = this.#options
    if (ack && unanswered?.isFull) {
      const { shard, offset, seconds } = unanswered
      const params = { inFlight, max: ack.maxInFlight, shard, offset, seconds }
      this.#reporter.reportCondition(new SlsKafkaError('SLS_ACK_MISSING', params), 'warning')
    } else if (!unanswered) this.#reporter.endCondition('SLS_ACK_MISSING')
    if (retrying) {
      this.#reporter.reportCondition(new SlsKafkaError('SLS_RETRYING', { ...retrying }), 'warning')
    } else if (!this.#memory.isRetrying) this.#reporter.endCondition('SLS_RETRYING')
  }
}
