import type { Clock } from '../../clock'
import { toError } from '../../errors'
import { BrokerError } from '../cluster/error-codes'
import { GroupWaitError, type MemberRequests } from './member-requests'
import type { GroupJoin } from './group-join'
import type { MemberGeneration } from './offset-requests'
import { refusedIn } from './offsets'
import { endsGeneration } from '../cluster/error-actions'
import { offsetCommit } from './offset-requests'
import { RetryBackoff } from '../../backoff'
import type { CommitResult } from '../log-source'
import { wait } from '../../async'

/** The result of one commit. */
export interface CommitAttempt extends CommitResult {
  /** Why not all shards were committed; null if all were, or if a join was under way. */
  readonly error: unknown
  /** Monotonic: when the commit was sent. */
  readonly sentMs: number
}

export interface CommitRequest {
  readonly group: string
  readonly logstore: string
  readonly committer: MemberGeneration
  readonly offsets: ReadonlyMap<number, bigint>
}

/** Commits that fail for this time are reported. After a rebalance the next heartbeat comes earlier. */
const GRACE_MS = 7_000

/** The commits of one member, with a backoff between those that fail. */
export class GroupCommits {
  readonly #join: GroupJoin
  readonly #requests: MemberRequests
  readonly #clock: Clock
  readonly #retries = new RetryBackoff()
  /** Monotonic. No commit is sent before, except at a close. */
  #nextAttemptMs = -Infinity
  /** The last error, and the start of the failures in monotonic ms; null while commits succeed. */
  #failing: { readonly error: Error; readonly sinceMs: number } | null = null
  #isFenced = false

  constructor(join: GroupJoin, requests: MemberRequests, clock: Clock) {
    this.#join = join
    this.#requests = requests
    this.#clock = clock
  }

  /** The error of commits that have failed for `GRACE_MS`; null otherwise. */
  get failure(): Error | null {
    const failing = this.#failing
    if (!failing || this.#clock.monotonic() - failing.sinceMs < GRACE_MS) return null
    return failing.error
  }

  /**
   * A heartbeat has confirmed the generation. This ends a failure of the generation before, even if no
   * commit follows.
   */
  generationConfirmed(): void {
    if (this.#isFenced) this.#failing = null
  }

  /** Sends one commit after the end of the backoff. Never rejects. */
  async commit({ group, logstore, committer, offsets }: CommitRequest): Promise<CommitAttempt> {
    await wait(this.#clock, this.#nextAttemptMs - this.#clock.monotonic(), this.#requests.closing)
    const sentMs = this.#clock.monotonic()
    try {
      const request = offsetCommit(group, committer, logstore, offsets)
      const response = await this.#requests.send(request, () => this.#join.connection())
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
      // The member joins again, and its shards can go to another member.
      if (error instanceof GroupWaitError) {
        return { outcome: 'fenced', shards: new Set(), error: null, sentMs }
      }
      return this.#failed(error, sentMs, new Set())
    }
  }

  #failed(error: unknown, sentMs: number, shards: ReadonlySet<number>): CommitAttempt {
    const wasFenced = this.#isFenced
    this.#isFenced = error instanceof BrokerError && endsGeneration(error)
    // A refused generation proves that the service responds again, so a new failure begins.
    const isOtherFailure = this.#isFenced && !wasFenced
    const sinceMs = isOtherFailure ? sentMs : (this.#failing?.sinceMs ?? sentMs)
    this.#failing = { error: toError(error), sinceMs }
    if (this.#isFenced) return { outcome: 'fenced', shards, error, sentMs }
    this.#nextAttemptMs = this.#clock.monotonic() + this.#retries.failed()
    return { outcome: 'failed', shards, error, sentMs }
  }
}
