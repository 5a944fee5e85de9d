import { onAbort } from '../abort'
import { SlsKafkaError, type ErrorCode } from '../errors'
import type { LogSource, LogSourceListener } from '../kafka/source'
import type { ConsumerOptions } from '../options/consumer-options'
import { Backoff } from './backoff'
import { NO_PROGRESS, type Progress } from './commit-mode'
import { describeFailure } from './failure'
import { RecordFlow, type RecordFlowPorts } from './record-flow'
import type { ConsumerSnapshot, ConsumerState } from './state'

/** Milliseconds that a broken connection may take to come back before it is called a failure. */
const RECONNECT_GRACE = 10_000

/** Milliseconds that an undecodable record stays visible in the status. */
const RECORD_ERROR_SHOWN = 10_000

/** Milliseconds without an answer after which a member no longer counts as alive. */
const ALIVE_FOR = 30_000

const CHECK_INTERVAL = 1_000

export interface ConsumerPorts extends RecordFlowPorts {
  readonly createSource: (listener: LogSourceListener) => LogSource
  /** Once per cause, not once per try. @param nextTry seconds; null if the client is still trying */
  readonly onFailure: (error: SlsKafkaError, nextTry: number | null) => void
  /** Records flow again. @param after seconds since the failure */
  readonly onRecovered: (after: number) => void
  readonly onJoined: (shards: readonly number[]) => void
  /** The flow seems to have forgotten records, and reading has stopped for that. */
  readonly onUnanswered: (warning: SlsKafkaError) => void
}

interface ReportedFailure {
  readonly code: string
  readonly since: number
}

/**
 * One consumer as the user knows it. It keeps a source alive: whatever ends it, a new one follows after
 * a back-off, until the consumer is closed. There is never more than one source, because each is one
 * promise and the next begins after it.
 */
export class LogConsumer {
  readonly #options: ConsumerOptions
  readonly #ports: ConsumerPorts
  readonly #backoff = new Backoff()
  #state: ConsumerState = { name: 'stopped' }
  #flow: RecordFlow | null = null
  #life: { readonly abort: AbortController; readonly end: Promise<void> } | null = null
  #reported: ReportedFailure | null = null
  #recordError: { readonly error: SlsKafkaError; readonly at: number } | null = null
  /** Shards that cannot be read, and why. */
  readonly #failedShards = new Map<number, ErrorCode>()
  #lastAnswer = 0
  /** Null while it is no member. */
  #totalShards: number | null = null
  /** Through all tries to join again, until something is answered. */
  #troubleSince: number | null = null
  #isToldUnanswered = false

  constructor(options: ConsumerOptions, ports: ConsumerPorts) {
    this.#options = options
    this.#ports = ports
  }

  start(): void {
    if (this.#life) return
    const abort = new AbortController()
    this.#life = { abort, end: this.#live(abort.signal) }
  }

  /** Commits, leaves the group and ends. Bounded; never rejects. */
  async close(): Promise<void> {
    if (!this.#life) return
    this.#state = { name: 'stopping' }
    this.#life.abort.abort()
    await this.#life.end
    this.#life = null
  }

  snapshot(): ConsumerSnapshot {
    const now = this.#ports.clock.now()
    const flow = this.#flow
    const record = this.#recordError
    return {
      state: this.#state,
      shards: flow?.shards ?? 0,
      rate: flow?.rate(now) ?? 0,
      delaySeconds: flow?.delaySeconds(now) ?? 0,
      isCaughtUp: flow?.isCaughtUp ?? false,
      ...(flow ? this.#withFailedShards(flow.progress(now)) : NO_PROGRESS),
      recordError: record && now - record.at < RECORD_ERROR_SHOWN ? record.error : null,
    }
  }

  async #live(signal: AbortSignal): Promise<void> {
    const stopChecking = this.#ports.clock.every(CHECK_INTERVAL, () => {
      this.#check()
    })
    while (!signal.aborted) {
      const error = await this.#runOnce(signal)
      if (error) await this.#backOff(error, signal)
    }
    stopChecking()
    this.#state = { name: 'stopped' }
  }

  /** @returns why the membership ended, or null if it was told to */
  async #runOnce(signal: AbortSignal): Promise<SlsKafkaError | null> {
    const source = this.#ports.createSource(this.#listener)
    const flow = new RecordFlow(this.#options, this.#flowPorts, source)
    this.#flow = flow
    try {
      await source.run(signal)
      return null
    } catch (error) {
      return describeFailure(error, this.#options)
    } finally {
      flow.end()
      this.#flow = null
    }
  }

  async #backOff(error: SlsKafkaError, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { clock } = this.#ports
    const wait = this.#backoff.next()
    this.#troubleSince = null
    this.#state = { name: 'failed', error, nextTry: clock.now() + wait }
    this.#report(error, Math.round(wait / 1000), clock.now())
    await new Promise<void>((resolve) => {
      const cancelWait = clock.after(wait, () => {
        ignoreAbort()
        resolve()
      })
      const ignoreAbort = onAbort(signal, () => {
        cancelWait()
        resolve()
      })
    })
  }

  readonly #listener: LogSourceListener = {
    onPhase: (name) => {
      this.#totalShards = null
      // A failure stays visible until the group is reached; a try is not yet a success.
      if (name === 'connecting' && this.#state.name === 'failed') return
      this.#enter({ name })
    },
    onAssigned: (assignment) => {
      for (const shard of this.#failedShards.keys()) {
        if (!assignment.shards.includes(shard)) this.#failedShards.delete(shard)
      }
      this.#flow?.assigned(assignment)
      this.#totalShards = assignment.total
      // A member that has failed before may be so again with its first fetch.
      if (!this.#reported) this.#enter({ name: 'consuming', totalShards: assignment.total })
      this.#ports.onJoined(assignment.shards)
    },
    onFetched: (batch) => {
      this.#failedShards.delete(batch.shard)
      this.#flow?.fetched(batch)
    },
    onShardFailed: (shard, cause) => {
      const error = describeFailure(cause, this.#options)
      const isKnown = this.#failedShards.get(shard) === error.code
      this.#failedShards.set(shard, error.code)
      // It is tried again at each assignment, which is no news.
      if (!isKnown) this.#ports.onFailure(error, null)
    },
    onCaughtUp: (shard) => {
      this.#failedShards.delete(shard)
      this.#flow?.caughtUp(shard)
    },
    onPositionReset: ({ shard, lost, found }) => {
      this.#flow?.positionReset(shard)
      const { group } = this.#options
      const error = new SlsKafkaError('SLS_OFFSET_EXPIRED', { group, shard, lost, found })
      this.#recordError = { error, at: this.#ports.clock.now() }
      this.#ports.onFailure(error, null)
    },
    onAnswer: () => {
      this.#lastAnswer = this.#ports.clock.now()
      this.#troubleSince = null
      if (!this.#flow || this.#totalShards === null) return
      this.#enter({ name: 'consuming', totalShards: this.#totalShards })
      // Not sooner: whoever may join but not read would join again every other second.
      this.#recover()
    },
    onTrouble: (cause) => {
      const { name } = this.#state
      if (name !== 'consuming' && name !== 'joining' && name !== 'connecting') return
      const error = describeFailure(cause, this.#options)
      this.#troubleSince ??= this.#ports.clock.now()
      this.#enter({ name: 'reconnecting', error, since: this.#troubleSince })
    },
    beforeRelease: async (reason) => {
      await this.#flow?.release(reason)
    },
  }

  #withFailedShards(progress: Progress): Progress {
    const [failure] = this.#failedShards.values()
    if (!failure) return progress
    const stoppedShards = new Set([...this.#failedShards.keys(), ...progress.stoppedShards])
    return { ...progress, stoppedShards: [...stoppedShards], stoppedBy: failure }
  }

  get #flowPorts(): RecordFlowPorts {
    const { clock, send, sendDeadLetter, onRecordError } = this.#ports
    return {
      clock,
      send,
      sendDeadLetter,
      onRecordError: (error, message) => {
        this.#recordError = { error, at: clock.now() }
        onRecordError(error, message)
      },
    }
  }

  #enter(state: ConsumerState): void {
    if (this.#state.name !== 'stopping') this.#state = state
  }

  /** Once a second: a connection that does not come back, a member or a flow that nothing is heard of. */
  #check(): void {
    const now = this.#ports.clock.now()
    const { name } = this.#state
    if (name === 'consuming' && now - this.#lastAnswer > ALIVE_FOR) {
      this.#listener.onTrouble(new SlsKafkaError('SLS_STALLED', { seconds: ALIVE_FOR / 1000 }))
    } else if (name === 'reconnecting' && now - this.#state.since > RECONNECT_GRACE) {
      this.#report(this.#state.error, null, this.#state.since)
    }
    this.#checkAnswers(now)
  }

  /** Told once, until the flow answers again. */
  #checkAnswers(now: number): void {
    const { ack } = this.#options
    const { inFlight, unanswered } = this.#flow?.progress(now) ?? NO_PROGRESS
    if (!ack || !unanswered?.isFull) {
      this.#isToldUnanswered &&= unanswered !== null
      return
    }
    if (this.#isToldUnanswered) return
    this.#isToldUnanswered = true
    const { shard, offset, seconds } = unanswered
    const params = { inFlight, max: ack.maxInFlight, shard, offset, seconds }
    this.#ports.onUnanswered(new SlsKafkaError('SLS_ACK_MISSING', params))
  }

  #report(error: SlsKafkaError, nextTry: number | null, since: number): void {
    if (this.#reported?.code === error.code) return
    this.#reported = { code: error.code, since: this.#reported?.since ?? since }
    this.#ports.onFailure(error, nextTry)
  }

  #recover(): void {
    this.#backoff.reset()
    if (!this.#reported) return
    this.#ports.onRecovered(Math.round((this.#ports.clock.now() - this.#reported.since) / 1000))
    this.#reported = null
  }
}
