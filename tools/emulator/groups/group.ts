import { randomUUID } from 'node:crypto'
import { ErrorCode } from '../protocol/error-codes'
import { CommittedOffsets } from './committed-offsets'
import type { JoinRequest } from './join-request'
import {
  failedJoin,
  failedSync,
  Member,
  NO_ASSIGNMENT,
  type JoinResult,
  type Protocol,
  type SyncResult,
} from './member'
import { selectProtocol, sharesProtocol } from './protocol-selection'
import { Roster } from './roster'

/**
 * Empty: no member; may hold offsets. PreparingRebalance: waits for all members to join.
 * CompletingRebalance: waits for the leader's assignment. Stable: all have it. Dead: deleted.
 */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

/**
 * The pending join of a newcomer expires after this time. Until then the newcomer is a member, even if its
 * connection is closed: the session begins with the response to the join.
 */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60_000

/**
 * One consumer group: the state machine of Apache Kafka 2.2's GroupCoordinator, rule by rule.
 * It knows nothing of connections, so a member whose connection closes while its join is pending
 * stays until its session expires.
 */
export class Group {
  readonly id: string
  readonly offsets = new CommittedOffsets()
  /** Logstores that the group has subscribed to or committed for. */
  readonly logstores = new Set<string>()
  readonly #initialRebalanceDelayMs: number
  readonly #roster = new Roster()
  #currentState: GroupState = 'Empty'
  #currentGeneration = 0
  #selectedProtocol = ''
  #currentProtocolType = ''
  #rebalanceTimer: NodeJS.Timeout | undefined
  #isCollectingFirstMembers = false
  #hasNewFirstMember = false

  constructor(id: string, initialRebalanceDelayMs: number) {
    this.id = id
    this.#initialRebalanceDelayMs = initialRebalanceDelayMs
  }

  get state(): GroupState {
    return this.#currentState
  }

  get generation(): number {
    return this.#currentGeneration
  }

  get protocolType(): string {
    return this.#currentProtocolType
  }

  get protocol(): string {
    return this.#selectedProtocol
  }

  get pendingIds(): number {
    return this.#roster.pendingIds
  }

  get memberList(): readonly Member[] {
    return this.#roster.list
  }

  async join(request: JoinRequest): Promise<JoinResult> {
    if (this.#currentState === 'Dead') {
      return failedJoin(ErrorCode.UNKNOWN_MEMBER_ID, request.memberId)
    }
    if (!this.#accepts(request)) {
      return failedJoin(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, request.memberId)
    }
    if (request.memberId === '') return this.#joinAsNewcomer(request)
    if (this.#roster.redeemId(request.memberId)) return this.#addMember(request.memberId, request)

    const member = this.#roster.get(request.memberId)
    if (!member) return failedJoin(ErrorCode.UNKNOWN_MEMBER_ID, request.memberId)
    return this.#rejoin(member, request.protocols)
  }

  async sync(
    memberId: string,
    generation: number,
    assignments: ReadonlyMap<string, Buffer>,
  ): Promise<SyncResult> {
    const member = this.#roster.get(memberId)
    if (!member) return failedSync(ErrorCode.UNKNOWN_MEMBER_ID)
    if (generation !== this.#currentGeneration) return failedSync(ErrorCode.ILLEGAL_GENERATION)
    switch (this.#currentState) {
      case 'Empty':
      case 'Dead':
        return failedSync(ErrorCode.UNKNOWN_MEMBER_ID)
      case 'PreparingRebalance':
        return failedSync(ErrorCode.REBALANCE_IN_PROGRESS)
      case 'CompletingRebalance': {
        const answer = member.awaitSync()
        if (memberId === this.#roster.leader) this.#assign(assignments)
        return answer
      }
      case 'Stable':
        this.#restartSession(member)
        return { error: ErrorCode.NONE, assignment: member.assignment }
    }
  }

  heartbeat(memberId: string, generation: number): ErrorCode {
    const member = this.#roster.get(memberId)
    if (!member) return ErrorCode.UNKNOWN_MEMBER_ID
    if (this.#currentState === 'CompletingRebalance') return ErrorCode.REBALANCE_IN_PROGRESS
    if (generation !== this.#currentGeneration) return ErrorCode.ILLEGAL_GENERATION
    this.#restartSession(member)
    return this.#currentState === 'PreparingRebalance'
      ? ErrorCode.REBALANCE_IN_PROGRESS
      : ErrorCode.NONE
  }

  /** Only the member id is checked: any connection may make any member leave. */
  leave(memberId: string): ErrorCode {
    if (this.#roster.redeemId(memberId)) {
      this.#completeJoinIfAllJoined()
      return ErrorCode.NONE
    }
    const member = this.#roster.get(memberId)
    if (!member) return ErrorCode.UNKNOWN_MEMBER_ID
    this.#removeMember(member)
    return ErrorCode.NONE
  }

  /**
   * Expires the sessions of the members of one client, or of all. A member that waits for a response of
   * the group stays. Returns the number of dropped members.
   */
  expireMembers(clientId?: string): number {
    const before = this.memberList.length
    for (const member of this.memberList) {
      if (clientId === undefined || member.options.clientId === clientId) this.#expire(member)
    }
    return before - this.memberList.length
  }

  /** Whether offsets can be committed now. Generation -1 is for clients that are not members. */
  checkCommit(memberId: string, generation: number): ErrorCode {
    if (this.#currentState === 'Dead') return ErrorCode.UNKNOWN_MEMBER_ID
    if (generation < 0 && this.#currentState === 'Empty') return ErrorCode.NONE
    if (this.#currentState === 'CompletingRebalance') return ErrorCode.REBALANCE_IN_PROGRESS
    const member = this.#roster.get(memberId)
    if (!member) return ErrorCode.UNKNOWN_MEMBER_ID
    if (generation !== this.#currentGeneration) return ErrorCode.ILLEGAL_GENERATION
    // PreparingRebalance included: a member may save its work before it joins again.
    this.#restartSession(member)
    return ErrorCode.NONE
  }

  /** Ends all timers. Requests that wait are not answered. */
  kill(): void {
    this.#currentState = 'Dead'
    clearTimeout(this.#rebalanceTimer)
    this.#roster.stopTimers()
  }

  #accepts({ protocolType, protocols }: JoinRequest): boolean {
    if (this.#currentState === 'Empty') return protocolType !== '' && protocols.length > 0
    return protocolType === this.#currentProtocolType && sharesProtocol(this.memberList, protocols)
  }

  #joinAsNewcomer(request: JoinRequest): Promise<JoinResult> | JoinResult {
    const memberId = `${request.clientId}-${randomUUID()}`
    if (!request.requiresKnownMemberId) return this.#addMember(memberId, request)

    this.#roster.promiseId(memberId, request.sessionTimeoutMs, () => {
      this.#completeJoinIfAllJoined()
    })
    return failedJoin(ErrorCode.MEMBER_ID_REQUIRED, memberId)
  }

  #addMember(id: string, request: JoinRequest): Promise<JoinResult> {
    const member = new Member({ ...request, id })
    if (this.#roster.isEmpty) this.#currentProtocolType = request.protocolType
    if (this.#currentState === 'PreparingRebalance' && this.#currentGeneration === 0) {
      this.#hasNewFirstMember = true
    }
    this.#roster.add(member)
    const answer = member.awaitJoin()
    member.expireAfter(NEW_MEMBER_JOIN_TIMEOUT_MS, () => {
      this.#expire(member)
    })
    this.#prepareRebalance()
    this.#completeJoinIfAllJoined()
    return answer
  }

  #rejoin(member: Member, protocols: readonly Protocol[]): Promise<JoinResult> | JoinResult {
    const isUnchanged = member.offersTheSame(protocols)
    // It missed the answer to its join, or a follower joins once more for no reason.
    if (isUnchanged && this.#currentState === 'CompletingRebalance') return this.#joinResult(member)
    if (isUnchanged && this.#currentState === 'Stable' && member.id !== this.#roster.leader) {
      return this.#joinResult(member)
    }
    member.protocols = protocols
    const answer = member.awaitJoin()
    this.#prepareRebalance()
    this.#completeJoinIfAllJoined()
    return answer
  }

  #prepareRebalance(): void {
    const previous = this.#currentState
    if (previous === 'PreparingRebalance' || previous === 'Dead') return
    if (previous === 'CompletingRebalance') this.#cancelSyncs()
    this.#currentState = 'PreparingRebalance'
    if (previous === 'Empty') {
      this.#collectFirstMembers(this.#roster.rebalanceTimeoutMs - this.#initialRebalanceDelayMs)
    } else {
      this.#rebalanceTimer = setTimeout(() => {
        this.#completeJoin()
      }, this.#roster.rebalanceTimeoutMs)
      this.#completeJoinIfAllJoined()
    }
  }

  /** Waits again while more members come, because the first members of a group usually start together. */
  #collectFirstMembers(remainingMs: number): void {
    this.#isCollectingFirstMembers = true
    this.#hasNewFirstMember = false
    const delay = this.#initialRebalanceDelayMs
    this.#rebalanceTimer = setTimeout(
      () => {
        if (this.#hasNewFirstMember && remainingMs > 0)
          this.#collectFirstMembers(remainingMs - delay)
        else this.#completeJoin()
      },
      Math.min(delay, Math.max(remainingMs, 0)),
    )
  }

  #completeJoinIfAllJoined(): void {
    if (this.#currentState !== 'PreparingRebalance' || this.#isCollectingFirstMembers) return
    if (this.#roster.hasAllJoined) this.#completeJoin()
  }

  #completeJoin(): void {
    clearTimeout(this.#rebalanceTimer)
    this.#isCollectingFirstMembers = false
    for (const member of this.memberList) if (!member.isAwaitingJoin) this.#roster.remove(member)

    this.#currentGeneration += 1
    if (this.#roster.isEmpty) {
      this.#selectedProtocol = ''
      this.#currentState = 'Empty'
      return
    }
    this.#selectedProtocol = selectProtocol(this.memberList)
    this.#currentState = 'CompletingRebalance'
    for (const member of this.memberList) {
      member.answerJoin(this.#joinResult(member))
      member.isNew = false
      this.#restartSession(member)
    }
  }

  #joinResult(member: Member): JoinResult {
    const protocol = this.#selectedProtocol
    const everyone = this.memberList.map((other) => ({
      id: other.id,
      metadata: other.metadataFor(protocol),
    }))
    return {
      error: ErrorCode.NONE,
      generation: this.#currentGeneration,
      protocol,
      leader: this.#roster.leader,
      memberId: member.id,
      members: member.id === this.#roster.leader ? everyone : [],
    }
  }

  #assign(assignments: ReadonlyMap<string, Buffer>): void {
    this.#currentState = 'Stable'
    for (const member of this.memberList) {
      member.assignment = assignments.get(member.id) ?? NO_ASSIGNMENT
      const wasWaiting = member.answerSync({
        error: ErrorCode.NONE,
        assignment: member.assignment,
      })
      if (wasWaiting) this.#restartSession(member)
    }
  }

  #cancelSyncs(): void {
    for (const member of this.memberList) {
      member.assignment = NO_ASSIGNMENT
      const wasWaiting = member.answerSync(failedSync(ErrorCode.REBALANCE_IN_PROGRESS))
      if (wasWaiting) this.#restartSession(member)
    }
  }

  #restartSession(member: Member): void {
    member.expireAfter(member.options.sessionTimeoutMs, () => {
      this.#expire(member)
    })
  }

  #expire(member: Member): void {
    // A member that waits for the others does not expire; its session restarts with the response.
    const isExcused = member.isAwaitingSync || (member.isAwaitingJoin && !member.isNew)
    if (!isExcused) this.#removeMember(member)
  }

  #removeMember(member: Member): void {
    member.answerJoin(failedJoin(ErrorCode.UNKNOWN_MEMBER_ID, ''))
    this.#roster.remove(member)
    if (this.#currentState === 'PreparingRebalance') this.#completeJoinIfAllJoined()
    else this.#prepareRebalance()
  }
}
