import type { Member } from './member'

/** The members of a group, its leader, and the member ids that newcomers got and did not join with yet. */
export class Roster {
  readonly #members = new Map<string, Member>()
  /** With the timers that forget them. */
  readonly #promisedIds = new Map<string, NodeJS.Timeout>()
  #currentLeader = ''

  /** In the order of arrival. */
  get list(): readonly Member[] {
    return [...this.#members.values()]
  }

  get isEmpty(): boolean {
    return this.#members.size === 0
  }

  /** How many ids were given and not used yet. */
  get pendingIds(): number {
    return this.#promisedIds.size
  }

  /** Empty if there is no member. */
  get leader(): string {
    return this.#currentLeader
  }

  get hasAllJoined(): boolean {
    return this.#promisedIds.size === 0 && this.list.every(({ isAwaitingJoin }) => isAwaitingJoin)
  }

  /** How long the slowest member may take to join again, ms. */
  get rebalanceTimeoutMs(): number {
    return Math.max(0, ...this.list.map(({ options }) => options.rebalanceTimeoutMs))
  }

  get(id: string): Member | undefined {
    return this.#members.get(id)
  }

  add(member: Member): void {
    if (this.isEmpty) this.#currentLeader = member.id
    this.#members.set(member.id, member)
  }

  remove(member: Member): void {
    member.cancelExpiry()
    this.#members.delete(member.id)
    if (member.id === this.#currentLeader) this.#currentLeader = this.list[0]?.id ?? ''
  }

  promiseId(id: string, ms: number, onForgotten: () => void): void {
    const timer = setTimeout(() => {
      this.#promisedIds.delete(id)
      onForgotten()
    }, ms)
    this.#promisedIds.set(id, timer)
  }

  /** Takes a promise back; returns whether there was one. */
  redeemId(id: string): boolean {
    clearTimeout(this.#promisedIds.get(id))
    return this.#promisedIds.delete(id)
  }

  stopTimers(): void {
    for (const member of this.#members.values()) member.cancelExpiry()
    for (const timer of this.#promisedIds.values()) clearTimeout(timer)
  }
}
