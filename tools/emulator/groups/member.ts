import type { ErrorCode } from '../protocol/error-codes'

/** An assignment strategy that a member offers, with its subscription as that strategy encodes it. */
export interface Protocol {
  readonly name: string
  readonly metadata: Buffer
}

export interface JoinResult {
  readonly error: ErrorCode
  readonly generation: number
  readonly protocol: string
  readonly leader: string
  readonly memberId: string
  /** Empty except for the leader, which assigns the shards. */
  readonly members: readonly { readonly id: string; readonly metadata: Buffer }[]
}

export interface SyncResult {
  readonly error: ErrorCode
  readonly assignment: Buffer
}

export interface MemberOptions {
  readonly id: string
  readonly clientId: string
  /** As Apache Kafka shows it: `/127.0.0.1`. */
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocols: readonly Protocol[]
}

export const NO_ASSIGNMENT = Buffer.alloc(0)

export function failedJoin(error: ErrorCode, memberId: string): JoinResult {
  return { error, generation: -1, protocol: '', leader: '', memberId, members: [] }
}

export function failedSync(error: ErrorCode): SyncResult {
  return { error, assignment: NO_ASSIGNMENT }
}

/** A member of a group, with the requests of it that wait for the others. */
export class Member {
  readonly options: MemberOptions
  protocols: readonly Protocol[]
  assignment: Buffer = NO_ASSIGNMENT
  /** True until the response to its first join: without its id, the member cannot send heartbeats. */
  isNew = true
  #waitingJoin: ((result: JoinResult) => void) | undefined
  #waitingSync: ((result: SyncResult) => void) | undefined
  #expiry: NodeJS.Timeout | undefined

  constructor(options: MemberOptions) {
    this.options = options
    this.protocols = options.protocols
  }

  get id(): string {
    return this.options.id
  }

  get isAwaitingJoin(): boolean {
    return this.#waitingJoin !== undefined
  }

  get isAwaitingSync(): boolean {
    return this.#waitingSync !== undefined
  }

  /** A second join of a member replaces the first one, which gets no response, as in Apache Kafka. */
  awaitJoin(): Promise<JoinResult> {
    return new Promise((resolve) => {
      this.#waitingJoin = resolve
    })
  }

  awaitSync(): Promise<SyncResult> {
    return new Promise((resolve) => {
      this.#waitingSync = resolve
    })
  }

  answerJoin(result: JoinResult): void {
    this.#waitingJoin?.(result)
    this.#waitingJoin = undefined
  }

  /** Returns whether a sync was waiting. */
  answerSync(result: SyncResult): boolean {
    const answer = this.#waitingSync
    this.#waitingSync = undefined
    answer?.(result)
    return answer !== undefined
  }

  metadataFor(protocol: string): Buffer {
    return this.protocols.find(({ name }) => name === protocol)?.metadata ?? NO_ASSIGNMENT
  }

  offersTheSame(protocols: readonly Protocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every(({ name, metadata }, index) => {
        const own = this.protocols[index]
        return own?.name === name && own.metadata.equals(metadata)
      })
    )
  }

  /** Restarts the session; the member expires if it sends nothing within `ms`. */
  expireAfter(ms: number, onExpired: () => void): void {
    this.cancelExpiry()
    this.#expiry = setTimeout(onExpired, ms)
  }

  cancelExpiry(): void {
    clearTimeout(this.#expiry)
  }
}
