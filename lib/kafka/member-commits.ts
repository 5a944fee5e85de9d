import type { Clock } from '../clock'
import { toError } from '../errors'
import { BrokerError } from './error-codes'
import { GroupWaitError, type GroupExit } from './group-exit'
import type { GroupJoin } from './group-join'
import { refusedIn, type Committer } from './offsets'
import { endsGeneration } from './failures'
import { offsetCommit } from './requests'
import { Retries } from './retries'
import type { CommitResult } from './source'
import { wait } from '../wait'

/** What one commit came to. */
export interface CommitAttempt extends CommitResult {
  /** Why not all shards were committed. Null if they were, or if a join was under way. */
  readonly error: unknown
  /** Monotonic: when the commit was sent. */
  readonly sentMs: number
}

export interface CommitRequest {
  readonly group: string
  readonly logstore: string
  readonly committer: Committer
  readonly offsets: ReadonlyMap<number, bigint>
}

/** Commits that fail for this long are reported: after a rebalance, the next heartbeat comes first. */
const GRACE_MS = 7_000

/** The commits of one member, with a back-off between those that fail. */
export class MemberCommits {
  readonly #join: GroupJoin
  readonly #exit: GroupExit
  readonly #clock: Clock
  readonly #retries = new Retries()
  /** Monotonic. No commit is sent before, except at a close. */
  #nextAttemptMs = -Infinity
  /** The last failure, and since when there is no other outcome; monotonic. */
  #failing: { readonly error: Error; readonly sinceMs: number } | null = null
  #isFenced = false

  constructor(join: GroupJoin, exit: GroupExit, clock: Clock) {
    this.#join = join
    this.#exit = exit
    this.#clock = clock
  }

  /** Why no commit was taken for some time; null while commits are taken. */
  get failure(): Error | null {
    const failing = this.#failing
    if (!failing || this.#clock.monotonic() - failing.sinceMs < GRACE_MS) return null
    return failing.error
  }

  /**
   * The group knows the member and its generation. A refusal because of the generation before is over, also
   * where nothing is left to commit.
   */
  generationProven(): void {
    if (this.#isFenced) this.#failing = null
  }

  /** One commit, after the end of the back-off; never rejects. */
  async commit({ group, logstore, committer, offsets }: CommitRequest): Promise<CommitAttempt> {
    await wait(this.#clock, this.#nextAttemptMs - this.#clock.monotonic(), this.#exit.closing)
    const sentMs = this.#clock.monotonic()
    try {
      const request = offsetCommit(group, committer, logstore, offsets)
      const response = await this.#exit.send(request, () => this.#join.connection())
      const refused = refusedIn(response.shards)
      const shards = new Set([...offsets.keys()].filter((shard) => !refused.has(shard)))
      const refusals = [...refused.values()]
      // One shard suffices to know that the generation is over.
      const refusal = refusals.find(endsGeneration) ?? refusals[0]
      if (refusal) return this.#failed(refusal, sentMs, shards)
      this.#retries.reset()
      this.#nextAttemptMs = -Infinity
      this.#failing = null
      this.#isFenced = false
      return { outcome: 'committed', shards, error: null, sentMs }
    } catch (error) {
      // The member joins again: its shards can go to another one.
      if (error instanceof GroupWaitError) {
        return { outcome: 'fenced', shards: new Set(), error: null, sentMs }
      }
      return this.#failed(error, sentMs, new Set())
    }
  }

  #failed(error: unknown, sentMs: number, shards: ReadonlySet<number>): CommitAttempt {
    const wasFenced = this.#isFenced
    this.#isFenced = error instanceof BrokerError && endsGeneration(error)
    // A refusal of the generation says that the service is reached again: that is another failure.
    const isOtherFailure = this.#isFenced && !wasFenced
    const sinceMs = isOtherFailure ? sentMs : (this.#failing?.sinceMs ?? sentMs)
    this.#failing = { error: toError(error), sinceMs }
    if (this.#isFenced) return { outcome: 'fenced', shards, error, sentMs }
    this.#nextAttemptMs = this.#clock.monotonic() + this.#retries.failed()
    return { outcome: 'failed', shards, error, sentMs }
  }
}
