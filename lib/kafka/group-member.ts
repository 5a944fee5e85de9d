import { isAborted, onAbort, unlessAborted } from '../abort'
import { toError } from '../errors'
import { HEARTBEAT_INTERVAL } from './constants'
import { BrokerError } from './error-codes'
import { endsGeneration, endsMembership, prepareRetry } from './failures'
import { GroupAssignor } from './group-assignor'
import { GroupExit } from './group-exit'
import { GroupJoin, type JoinedGroup } from './group-join'
import { heartbeat } from './group-requests'
import { MemberCommits, type CommitAttempt } from './member-commits'
import type { MemberAssignment, MemberListener } from './member-events'
import type { GroupMemberParts, MemberSettings } from './member-settings'
import type { Committer } from './offsets'
import { reactionTo } from './reactions'
import { REJOIN_RETRIES, Retries } from './retries'
import type { CommitResult } from './source'
import { watchShards } from './shard-watch'
import { wait } from '../wait'

const NO_SHARDS: ReadonlySet<number> = new Set()

/** One member of a consumer group: joins, keeps its place by heartbeats, commits, and joins again when it must. */
export class GroupMember {
  readonly #settings: MemberSettings
  readonly #parts: GroupMemberParts
  readonly #listener: MemberListener
  readonly #assignor: GroupAssignor
  readonly #exit: GroupExit
  readonly #entry: GroupJoin
  readonly #commits: MemberCommits
  readonly #joinRetries = new Retries()
  readonly #rejoinRetries = new Retries(REJOIN_RETRIES)
  /** Of the last assignment; null before the first. */
  #committer: Committer | null = null
  #shards: ReadonlySet<number> = new Set()
  #isLeader = false
  /** The group has refused a commit of this generation, and would refuse every other one. */
  #isFenced = false
  /** Ends the assignment under way; null while there is none. */
  #generation: AbortController | null = null
  #heartbeatFailure: Error | null = null
  /** Whether the group answered a heartbeat or a commit in this generation. */
  #isProven = false
  /** Monotonic: when the last request was sent by which the group knows that the member lives. */
  #provenMs = -Infinity

  constructor(settings: MemberSettings, parts: GroupMemberParts, listener: MemberListener) {
    this.#settings = settings
    this.#parts = parts
    this.#listener = listener
    this.#assignor = new GroupAssignor(settings.logstore, parts.cluster, parts.directory)
    this.#exit = new GroupExit(settings, parts)
    this.#entry = new GroupJoin(settings, parts, this.#assignor, this.#exit)
    this.#commits = new MemberCommits(this.#entry, this.#exit, parts.clock)
  }

  /** Whether there was an assignment, so that the group can take a commit of this member. */
  get canCommit(): boolean {
    return this.#committer !== null
  }

  /**
   * Why the group does not answer as it should, although records may come: heartbeats fail, or commits have
   * failed for some time. Null if all is well.
   */
  get failure(): Error | null {
    return this.#heartbeatFailure ?? this.#commits.failure
  }

  get isLeader(): boolean {
    return this.#isLeader
  }

  /**
   * False when no heartbeat was answered for a whole session timeout: the group may have dropped the
   * member, and its shards may belong to another one.
   */
  get isWithinSession(): boolean {
    return this.#parts.clock.monotonic() - this.#provenMs < this.#settings.sessionTimeoutMs
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
      if (!isFirst && !this.#isProven) {
        await wait(this.#parts.clock, this.#rejoinRetries.failed(), signal)
      }
      const assignment = await this.#join(signal)
      if (assignment) await this.#stay(assignment, signal)
    }
  }

  /**
   * One commit, bound to the generation of the last assignment; never rejects. Shards that are not assigned
   * are left out. A refusal because of the member or the generation ends the assignment at once.
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

  /** From now on a request does not wait for a connection that does not answer. */
  close(): void {
    this.#exit.begin()
  }

  /** Leaves no timer behind. */
  end(): void {
    this.#exit.end()
  }

  /** Takes the member out of its group, also while it joins. */
  async leave(): Promise<void> {
    const { memberId } = this.#entry
    this.#entry.memberId = ''
    this.#committer = null
    this.#generation?.abort()
    if (memberId === '' && !this.#exit.mayHaveLostMember) return
    await this.#exit.leave(memberId)
  }

  /** @returns null if the signal aborted */
  async #join(signal: AbortSignal): Promise<MemberAssignment | null> {
    while (!isAborted(signal)) {
      this.#listener.onEvent({ type: 'joining' })
      try {
        const onWaiting = (sinceMs: number): void => {
          if (!isAborted(signal)) this.#listener.onEvent({ type: 'join-waits', sinceMs })
        }
        const joining = this.#entry.attempt(signal, onWaiting)
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
    // In a generation that this member missed, another one can have owned its shards. A follower that
    // joins a stable group again is told the same generation.
    const isUninterrupted =
      last?.memberId === memberId &&
      (generation === last.generation + 1 || generation === last.generation)
    this.#committer = { memberId, generation }
    this.#shards = new Set(shards)
    this.#isLeader = isLeader
    this.#isFenced = false
    this.#heartbeatFailure = null
    this.#isProven = false
    this.#provenMs = sentMs
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
    const retries = new Retries()
    let pauseMs = HEARTBEAT_INTERVAL
    for (;;) {
      await wait(clock, pauseMs, signal)
      if (isAborted(signal)) return
      try {
        await unlessAborted(this.#heartbeat(), signal)
        retries.reset()
        pauseMs = HEARTBEAT_INTERVAL
      } catch (error) {
        if (isAborted(signal)) return
        if (endsMembership(error)) throw error
        const isOver = error instanceof BrokerError && endsGeneration(error)
        // A rebalance is nothing that went wrong.
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
    const connection = await this.#entry.connection()
    const sentMs = this.#parts.clock.monotonic()
    const { errorCode } = await connection.send(heartbeat({ group, ...committer }))
    if (errorCode !== 0) throw new BrokerError('Heartbeat', errorCode)
    this.#prove(sentMs)
    this.#heartbeatFailure = null
    this.#commits.generationProven()
    this.#listener.onEvent({ type: 'heartbeat' })
  }

  #attempted({ outcome, shards, error, sentMs }: CommitAttempt, committer: Committer): void {
    const isCurrent = committer === this.#committer
    if (outcome === 'failed') {
      this.#parts.logger.debug(`a commit failed: ${String(error)}`)
      void this.#recover(error)
    }
    if (outcome !== 'fenced') {
      if (shards.size > 0 && isCurrent) this.#prove(sentMs)
    } else if (error !== null && isCurrent) {
      this.#isFenced = true
      void this.#recover(error)
      this.#generation?.abort()
    }
  }

  #prove(sentMs: number): void {
    this.#isProven = true
    this.#provenMs = Math.max(this.#provenMs, sentMs)
    this.#joinRetries.reset()
    this.#rejoinRetries.reset()
  }

  /** Prepares the next attempt. */
  async #recover(error: unknown): Promise<void> {
    prepareRetry(this.#parts.cluster, error, this.#settings.group)
    if (!(error instanceof BrokerError)) return
    const reaction = reactionTo(error.api, error.errorCode)
    if (reaction === 'rejoin-as-new') await this.#joinAsNew()
    // The attempt took two requests.
    if (reaction === 'member-id-required') this.#joinRetries.failed()
  }

  /** The old id may still hold shards in the group. */
  async #joinAsNew(): Promise<void> {
    const { memberId } = this.#entry
    this.#entry.memberId = ''
    if (memberId) await this.#exit.tryToLeave(memberId)
  }
}
