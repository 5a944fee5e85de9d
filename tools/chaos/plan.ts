import type { ErrorName } from '../emulator/protocol/error-codes'
import type { Action, Kind } from './action'
import { Random } from '../shared/random'
import { Shards } from './shards'

/** An action, and its time in milliseconds from the first record. */
export interface Step {
  readonly at: number
  readonly action: Action
}

export interface PlanOptions {
  readonly seed: number
  /** How long records are written. */
  readonly ms: number
  readonly members: number
  /** The number of shards of the logstore at the start. */
  readonly shards: number
  /** The number of processes that are never ended, the first ones; default 0. */
  readonly lasting?: number
}

/** All kinds of action. They are shuffled when all are used up, so that a short plan has all kinds too. */
const DECK: readonly Kind[] = [
  ...(['redeploy-full', 'redeploy-nodes', 'redeploy-flows', 'leave', 'crash', 'crash'] as const),
  ...(['drop', 'half-open', 'outage', 'expire', 'split', 'merge'] as const),
  ...(['error', 'error', 'error'] as const),
]

/** Error codes that services return for a moment while they move, restart or are busy. */
const ERRORS: Readonly<Record<string, readonly ErrorName[]>> = {
  Metadata: ['LEADER_NOT_AVAILABLE', 'UNKNOWN_TOPIC_OR_PARTITION'],
  FindCoordinator: ['COORDINATOR_NOT_AVAILABLE', 'UNKNOWN_SERVER_ERROR'],
  JoinGroup: ['COORDINATOR_LOAD_IN_PROGRESS', 'NOT_COORDINATOR', 'UNKNOWN_MEMBER_ID'],
  SyncGroup: ['REBALANCE_IN_PROGRESS', 'COORDINATOR_NOT_AVAILABLE', 'ILLEGAL_GENERATION'],
  Heartbeat: [
    ...(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'] as const),
    'NOT_COORDINATOR',
  ],
  OffsetFetch: ['COORDINATOR_LOAD_IN_PROGRESS', 'NOT_COORDINATOR'],
  OffsetCommit: [
    ...(['REQUEST_TIMED_OUT', 'NOT_COORDINATOR', 'REBALANCE_IN_PROGRESS'] as const),
    ...(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'UNKNOWN_SERVER_ERROR'] as const),
  ],
  ListOffsets: ['NOT_LEADER_FOR_PARTITION', 'UNKNOWN_SERVER_ERROR'],
  Produce: [
    ...(['NOT_LEADER_FOR_PARTITION', 'KAFKA_STORAGE_ERROR', 'UNKNOWN_SERVER_ERROR'] as const),
    'REQUEST_TIMED_OUT',
  ],
  Fetch: [
    ...(['NOT_LEADER_FOR_PARTITION', 'KAFKA_STORAGE_ERROR', 'UNKNOWN_SERVER_ERROR'] as const),
    ...(['UNKNOWN_TOPIC_OR_PARTITION', 'REQUEST_TIMED_OUT'] as const),
  ],
}
const MAX_TIMES = 5

const GAP_MS = { min: 1_000, max: 3_500 }
/** No action happens at the start and at the end of the run. */
const START_MS = 2_000
const PEACE_MS = 8_000
const AWAY_MS = { min: 500, max: 8_000 }
/** Shorter and longer than the session timeout. */
const OUTAGE_MS = { min: 1_000, max: 7_500 }
/** The time that a process needs to end and to start; no other action is done to it meanwhile. */
const BUSY_MS: Readonly<Partial<Record<Kind, number>>> = { leave: 6_000, crash: 3_000 }
const REDEPLOY_MS = 2_500

/** Makes a plan, which is always the same for the same options. */
export function planOf(options: PlanOptions): Step[] {
  return new Planner(options).plan()
}

class Planner {
  readonly #random: Random
  readonly #options: PlanOptions
  readonly #shards: Shards
  /** The end of the current action of each process. */
  readonly #busyUntil: number[]
  #outageUntil = 0
  #deck: Kind[] = []

  constructor(options: PlanOptions) {
    this.#options = options
    this.#random = new Random(options.seed)
    this.#shards = new Shards(options.shards)
    this.#busyUntil = Array.from({ length: options.members }, () => 0)
  }

  plan(): Step[] {
    const steps: Step[] = []
    const end = Math.max(0, this.#options.ms - PEACE_MS)
    for (let at = START_MS; at < end; at += this.#random.between(GAP_MS.min, GAP_MS.max)) {
      const action = this.#deal(at)
      if (action) steps.push({ at, action })
    }
    // A rejoin shows new shards at once; otherwise the client can need a minute to see them.
    return [...steps, { at: end, action: { kind: 'redeploy-full', member: this.#anyMember() } }]
  }

  /** The first action of the deck that is possible now. */
  #deal(at: number): Action | null {
    if (this.#deck.length === 0) this.#deck = this.#random.shuffled(DECK)
    for (const [index, kind] of this.#deck.entries()) {
      const action = this.#actionOf(kind, at)
      if (!action) continue
      this.#deck.splice(index, 1)
      return action
    }
    this.#deck = []
    return null
  }

  #actionOf(kind: Kind, at: number): Action | null {
    switch (kind) {
      case 'redeploy-full':
      case 'redeploy-nodes':
      case 'redeploy-flows': {
        const member = this.#idleMember(at, REDEPLOY_MS)
        return member === null ? null : { kind, member }
      }
      case 'leave':
      case 'crash': {
        const isAtOnce = kind === 'crash' && this.#random.isHeads()
        const awayMs = isAtOnce ? 0 : this.#random.between(AWAY_MS.min, AWAY_MS.max)
        const { lasting = 0 } = this.#options
        const member = this.#idleMember(at, awayMs + (BUSY_MS[kind] ?? 0), lasting)
        return member === null ? null : { kind, member, awayMs }
      }
      case 'drop':
        return { kind }
      case 'half-open':
      case 'expire':
        return { kind, target: this.#random.isHeads() ? 'all' : this.#anyMember() }
      case 'outage': {
        if (at < this.#outageUntil) return null
        const ms = this.#random.between(OUTAGE_MS.min, OUTAGE_MS.max)
        this.#outageUntil = at + ms
        return { kind, ms }
      }
      case 'split': {
        const shard = this.#shards.split(this.#random)
        return shard === null ? null : { kind, shard }
      }
      case 'merge': {
        const pair = this.#shards.merge(this.#random)
        return pair && { kind, shard: pair[0], other: pair[1] }
      }
      case 'error': {
        const api = this.#random.pick(Object.keys(ERRORS))
        const error = this.#random.pick(ERRORS[api] ?? [])
        return { kind, api, error, times: this.#random.between(1, MAX_TIMES) }
      }
    }
  }

  /** Reserves a process without a current action for a time. @param from index of the first candidate */
  #idleMember(at: number, ms: number, from = 0): number | null {
    const idle = [...this.#busyUntil.keys()].filter(
      (one) => one >= from && (this.#busyUntil[one] ?? 0) <= at,
    )
    if (idle.length === 0) return null
    const member = this.#random.pick(idle)
    this.#busyUntil[member] = at + ms
    return member
  }

  #anyMember(): number {
    return this.#random.between(0, this.#options.members - 1)
  }
}
