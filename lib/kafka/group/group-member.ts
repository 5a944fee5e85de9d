import { isAborted, onAbort, unlessAborted, wait } from '../../async'
import { toError } from '../../errors'
import { HEARTBEAT_INTERVAL_MS } from '../constants'
import { BrokerError } from '../cluster/error-codes'
import { endsGeneration, endsMembership, prepareRetry, errorAction } from '../cluster/error-actions'
import { GroupAssignor } from './group-assignor'
import { MemberRequests } from './member-requests'
import { GroupJoin, type JoinedGroup } from './group-join'
import { heartbeat } from './group-requests'
import { GroupCommits, type CommitAttempt } from './group-commits'
import type {
  MemberAssignment,
  MemberListener,
  GroupMemberParts,
  MemberSettings,
} from './group-member-types'
import type { MemberGeneration } from './offset-requests'
import { REJOIN_BACKOFF, RetryBackoff } from '../../backoff'
import type { CommitResult } from '../log-source'
import { watchShards } from './shard-watch'

const NO_SHARDS: ReadonlySet<number> = new Set()

/** One member of a consumer group: joins, sends heartbeats, commits, and joins again after a rebalance. */
export class GroupMember {
  readonly #settings: MemberSettings
  readonly #parts: GroupMemberParts
  readonly #listener: MemberListener
  readonly #assignor: GroupAssignor
  readonly #requests: MemberRequests
  readonly #groupJoin: GroupJoin
  readonly #commits: GroupCommits
  readonly #joinRetries = new RetryBackoff()
  readonly #rejoinRetries = new RetryBackoff(REJOIN_BACKOFF)
  /** Member id and generation of the last assignment; null before the first. */
  #committer: MemberGeneration | null = null
  #shards: ReadonlySet<number> = new Set()
  #isLeader = false
  /** The group has refused a commit of this generation, and would refuse every other one. */
  #isFenced = false
  /** Ends the assignment under way; null while there is none. */
  #generation: AbortController | null = null
  #heartbeatFailure: Error | null = null
  /** Whether a heartbeat or a commit has succeeded in this generation. */
  #isConfirmed = false
  /** When the last successful join, heartbeat or commit was sent, in monotonic ms. */
  #confirmedMs = -Infinity

  constructor(settings: MemberSettings, parts: GroupMemberParts, listener: MemberListener) {
    this.#settings = settings
    this.#parts = parts
    this.#listener = listener
    this.#assignor = new GroupAssignor(settings.logstore, parts.cluster, parts.directory)
    this.#requests = new MemberRequests(settings, parts)
    this.#groupJoin = new GroupJoin(settings, parts, this.#assignor, this.#requests)
    this.#commits = new GroupCommits(this.#groupJoin, this.#requests, parts.clock)
  }

  /** Whether there was an assignment, so that the group can take a commit of this member. */
  get canCommit(): boolean {
    return this.#committer !== null
  }

  /**
   * The error of the last heartbeat, or of commits that have failed for some time. Records can still arrive
   * meanwhile. Null while heartbeats and commits succeed.
   */
  get failure(): Error | null {
    return this.#heartbeatFailure ?? this.#commits.failure
  }

  get isLeader(): boolean {
    return this.#isLeader
  }

  /**
   * False when no heartbeat has succeeded for a whole session timeout. The group may have dropped the member
   * and given its shards to another one.
   */
  get isWithinSession(): boolean {
    return this.#parts.clock.monotonic() - this.#confirmedMs < this.#settings.sessionTimeoutMs
  }

  owns(shard: number): boolean {
    return this.#shards.has(shard)
  }

  /**
   * Keeps the membership until the signal aborts; does not leave the group.
   *
   * @throws what another attempt would not change
   */
  async run(signal: AbortSignal): Promise<void> {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      if (!isFirst) await this.#listener.beforeRejoin()
      if (!isFirst && !this.#isConfirmed) {
        await wait(this.#parts.clock, this.#rejoinRetries.failed(), signal)
      }
      const assignment = await this.#join(signal)
      if (assignment) await this.#stay(assignment, signal)
    }
  }

  /**
   * Sends one commit in the generation of the last assignment, without shards that are not assigned. Never
   * rejects. A refusal because of the member or the generation ends the assignment at once.
   */
  async commit(offsets: ReadonlyMap<number, bigint>): Promise<CommitResult> {
    const committer = this.#committer
    if (!committer) return { outcome: 'failed', shards: NO_SHARDS }
    if (this.#isFenced) return { outcome: 'fenced', shards: NO_SHARDS }
    const own = new Map([...offsets].filter(([shard]) => this.owns(shard)))
    if (own.size === 0) return { outcome: 'committed', shards: NO_SHARDS }
    const { group, logstore } = this.#settings
    const attempt = await this.#commits.commit({ group, logstore, committer, offsets: own })
    this.#attempted(attempt, committer)
    return attempt
  }

  /** Begins a close: from now on requests use a spare connection if the main one does not respond. */
  close(): void {
    this.#requests.beginClose()
  }

  /** Stops the timer of a close. */
  end(): void {
    this.#requests.end()
  }

  /** Takes the member out of its group, also while it joins. */
  async leave(): Promise<void> {
    const { memberId } = this.#groupJoin
    this.#groupJoin.memberId = ''
    this.#committer = null
    this.#generation?.abort()
    if (memberId === '' && !this.#requests.mayHaveLostMember) return
    await this.#requests.leave(memberId)
  }

  /** @returns null if the signal aborted */
  async #join(signal: AbortSignal): Promise<MemberAssignment | null> {
    while (!isAborted(signal)) {
      this.#listener.onEvent({ type: 'joining' })
      try {
        const onWaiting = (sinceMs: number): void => {
          if (!isAborted(signal)) this.#listener.onEvent({ type: 'join-waits', sinceMs })
        }
        const joining = this.#groupJoin.attempt(signal, onWaiting)
        return this.#joined(await unlessAborted(joining, signal))
      } catch (error) {
        if (isAborted(signal)) return null
        if (endsMembership(error)) throw error
        this.#listener.onEvent({ type: 'trouble', error })
        await this.#recover(error)
        await wait(this.#parts.clock, this.#joinRetries.failed(), signal)
      }
    }
    return null
  }

  #joined({ memberId, generation, isLeader, shards, sentMs }: JoinedGroup): MemberAssignment {
    const last = this.#committer
    // In a generation that this member missed, another member can have owned its shards. A follower that
    // joins a stable group again gets the same generation.
    const isUninterrupted =
      last?.memberId === memberId &&
      (generation === last.generation + 1 || generation === last.generation)
    this.#committer = { memberId, generation }
    this.#shards = new Set(shards)
    this.#isLeader = isLeader
    this.#isFenced = false
    this.#heartbeatFailure = null
    this.#isConfirmed = false
    this.#confirmedMs = sentMs
    this.#parts.logger.debug(`joined ${this.#settings.group} in generation ${generation}`)
    return { shards, isUninterrupted }
  }

  /** Resolves when the member must join again, or the signal aborts. */
  async #stay(assignment: MemberAssignment, signal: AbortSignal): Promise<void> {
    const generation = new AbortController()
    this.#generation = generation
    const forget = onAbort(signal, () => {
      generation.abort()
    })
    try {
      this.#listener.onEvent({ type: 'assigned', assignment, signal: generation.signal })
      const watching = watchShards(generation, this.#parts, async () => {
        return this.#isLeader && (await this.#assignor.hasNewShards())
      })
      await Promise.all([this.#beat(generation), watching])
    } finally {
      generation.abort()
      this.#generation = null
      forget()
    }
  }

  async #beat(generation: AbortController): Promise<void> {
    const { signal } = generation
    const { clock } = this.#parts
    const retries = new RetryBackoff()
    let pauseMs = HEARTBEAT_INTERVAL_MS
    for (;;) {
      await wait(clock, pauseMs, signal)
      if (isAborted(signal)) return
      try {
        await unlessAborted(this.#heartbeat(), signal)
        retries.reset()
        pauseMs = HEARTBEAT_INTERVAL_MS
      } catch (error) {
        if (isAborted(signal)) return
        if (endsMembership(error)) throw error
        const isOver = error instanceof BrokerError && endsGeneration(error)
        // A rebalance is no error.
        if (!isOver) {
          this.#heartbeatFailure = toError(error)
          this.#listener.onEvent({ type: 'trouble', error })
        }
        await this.#recover(error)
        if (isOver) generation.abort()
        pauseMs = retries.failed()
      }
    }
  }

  async #heartbeat(): Promise<void> {
    const { group } = this.#settings
    const committer = this.#committer
    if (!committer) return
    const connection = await this.#groupJoin.connection()
    const sentMs = this.#parts.clock.monotonic()
    const { errorCode } = await connection.send(heartbeat({ group, ...committer }))
    if (errorCode !== 0) throw new BrokerError('Heartbeat', errorCode)
    this.#confirm(sentMs)
    this.#heartbeatFailure = null
    this.#commits.generationConfirmed()
    this.#listener.onEvent({ type: 'heartbeat' })
  }

  #attempted({ outcome, shards, error, sentMs }: CommitAttempt, committer: MemberGeneration): void {
    const isCurrent = committer === this.#committer
    if (outcome === 'failed') {
      this.#parts.logger.debug(`a commit failed: ${String(error)}`)
      void this.#recover(error)
    }
    if (outcome !== 'fenced') {
      if (shards.size > 0 && isCurrent) this.#confirm(sentMs)
    } else if (error !== null && isCurrent) {
      this.#isFenced = true
      void this.#recover(error)
      this.#generation?.abort()
    }
  }

  #confirm(sentMs: number): void {
    this.#isConfirmed = true
    this.#confirmedMs = Math.max(this.#confirmedMs, sentMs)
    this.#joinRetries.reset()
    this.#rejoinRetries.reset()
  }

  /** Prepares the next attempt. */
  async #recover(error: unknown): Promise<void> {
    prepareRetry(this.#parts.cluster, error, this.#settings.group)
    if (!(error instanceof BrokerError)) return
    const action = errorAction(error.api, error.errorCode)
    if (action === 'rejoin-as-new') await this.#joinAsNew()
    // The attempt took two requests.
    if (action === 'member-id-required') this.#joinRetries.failed()
  }

  /** The old id may still hold shards in the group. */
  async #joinAsNew(): Promise<void> {
    const { memberId } = this.#groupJoin
    this.#groupJoin.memberId = ''
    if (memberId) await this.#requests.tryToLeave(memberId)
  }
}
