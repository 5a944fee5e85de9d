import type { Clock } from '../clock'
import { toError } from '../errors'
import type { BrokerError } from './error-codes'
import { GroupWaitError, type GroupExit } from './group-exit'
import type { GroupJoin } from './group-join'
import { refusedIn, type Committer } from './offsets'
import { endsGeneration } from './failures'
import { offsetCommit } from './requests'
import { Retries } from './retries'
import type { CommitOutcome } from './source'
import { wait } from '../wait'

export interface MemberCommitsEvents {
  /** The group took a commit. @param sentMs monotonic, when it was sent */
  onCommitted(committer: Committer, sentMs: number): void
  /** The group refuses the member or its generation. */
  onFenced(committer: Committer, refusal: BrokerError): void
  /** A commit failed in another way, and can be tried again. */
  onFailed(error: unknown): void
}

export interface CommitRequest {
  readonly group: string
  readonly logstore: string
  readonly committer: Committer
  readonly offsets: ReadonlyMap<number, bigint>
}

/** Commits that fail for this long are told: after a rebalance, the next heartbeat comes first. */
const GRACE_MS = 7_000

/** The commits of one member, with a back-off between those that fail. */
export class MemberCommits {
  readonly #join: GroupJoin
  readonly #exit: GroupExit
  readonly #clock: Clock
  readonly #events: MemberCommitsEvents
  readonly #retries = new Retries()
  /** Monotonic. No commit is sent before, except at a close. */
  #nextAttemptMs = -Infinity
  /** The last failure, and since when there is no other outcome; monotonic. */
  #failing: { readonly error: Error; readonly sinceMs: number } | null = null
  #isFenced = false

  constructor(join: GroupJoin, exit: GroupExit, clock: Clock, events: MemberCommitsEvents) {
    this.#join = join
    this.#exit = exit
    this.#clock = clock
    this.#events = events
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
  async commit({ group, logstore, committer, offsets }: CommitRequest): Promise<CommitOutcome> {
    await wait(this.#clock, this.#nextAttemptMs - this.#clock.monotonic(), this.#exit.closing)
    const sentMs = this.#clock.monotonic()
    try {
      const request = offsetCommit(group, committer, logstore, offsets)
      const { shards } = await this.#exit.send(request, () => this.#join.connection())
      const refusals = [...refusedIn(shards).values()]
      // One shard suffices to know that the generation is over.
      const refusal = refusals.find(endsGeneration) ?? refusals[0]
      if (refusal) return this.#refused(refusal, committer, sentMs)
      this.#retries.reset()
      this.#nextAttemptMs = -Infinity
      this.#failing = null
      this.#events.onCommitted(committer, sentMs)
      return 'committed'
    } catch (error) {
      // The member joins again: its shards can go to another one.
      if (error instanceof GroupWaitError) return 'fenced'
      this.#failed(error, sentMs)
      return 'failed'
    }
  }

  #refused(refusal: BrokerError, committer: Committer, sentMs: number): CommitOutcome {
    if (!endsGeneration(refusal)) {
      this.#failed(refusal, sentMs)
      return 'failed'
    }
    this.#fail(refusal, sentMs)
    this.#isFenced = true
    this.#events.onFenced(committer, refusal)
    return 'fenced'
  }

  #failed(error: unknown, sentMs: number): void {
    this.#fail(error, sentMs)
    this.#isFenced = false
    this.#nextAttemptMs = this.#clock.monotonic() + this.#retries.failed()
    this.#events.onFailed(error)
  }

  #fail(error: unknown, sentMs: number): void {
    this.#failing = { error: toError(error), sinceMs: this.#failing?.sinceMs ?? sentMs }
  }
}
