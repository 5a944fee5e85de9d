import { randomUUID } from 'node:crypto'
import { ErrorCode } from '../protocol/error-codes'
import { CommittedOffsets } from './committed-offsets'
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

/**
 * Empty: no member; may hold offsets. PreparingRebalance: waits for all members to join.
 * CompletingRebalance: waits for the leader's assignment. Stable: all have it. Dead: deleted.
 */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

export interface JoinRequest {
  readonly groupId: string
  /** Empty for a newcomer. */
  readonly memberId: string
  /** JoinGroup v4 and later: a newcomer is first told its id and has to join again with it. */
  readonly requiresKnownMemberId: boolean
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly Protocol[]
}

/**
 * A newcomer's unanswered join is given up after this time. Until then, and whether or not its
 * connection still exists, it is a member: the session clock starts with the answer to the join.
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
  private readonly initialRebalanceDelayMs: number
  private readonly members = new Map<string, Member>()
  /** Ids handed out with MEMBER_ID_REQUIRED and not used yet, each with the timer that forgets it. */
  private readonly promisedIds = new Map<string, NodeJS.Timeout>()
  private currentState: GroupState = 'Empty'
  private currentGeneration = 0
  private leader = ''
  private selectedProtocol = ''
  private currentProtocolType = ''
  private rebalanceTimer: NodeJS.Timeout | undefined
  private isCollectingFirstMembers = false
  private hasNewFirstMember = false

  constructor(id: string, initialRebalanceDelayMs: number) {
    this.id = id
    this.initialRebalanceDelayMs = initialRebalanceDelayMs
  }

  get state(): GroupState {
    return this.currentState
  }

  get generation(): number {
    return this.currentGeneration
  }

  get protocolType(): string {
    return this.currentProtocolType
  }

  get protocol(): string {
    return this.selectedProtocol
  }

  get memberList(): readonly Member[] {
    return [...this.members.values()]
  }

  has(memberId: string): boolean {
    return this.members.has(memberId)
  }

  async join(request: JoinRequest): Promise<JoinResult> {
    if (this.currentState === 'Dead') {
      return failedJoin(ErrorCode.UNKNOWN_MEMBER_ID, request.memberId)
    }
    if (!this.accepts(request)) {
      return failedJoin(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, request.memberId)
    }
    if (request.memberId === '') return this.joinAsNewcomer(request)
    if (this.forgetPromise(request.memberId)) return this.addMember(request.memberId, request)

    const member = this.members.get(request.memberId)
    if (!member) return failedJoin(ErrorCode.UNKNOWN_MEMBER_ID, request.memberId)
    return this.rejoin(member, request.protocols)
  }

  async sync(
    memberId: string,
    generation: number,
    assignments: ReadonlyMap<string, Buffer>,
  ): Promise<SyncResult> {
    const member = this.members.get(memberId)
    if (!member) return failedSync(ErrorCode.UNKNOWN_MEMBER_ID)
    if (generation !== this.currentGeneration) return failedSync(ErrorCode.ILLEGAL_GENERATION)
    switch (this.currentState) {
      case 'Empty':
      case 'Dead':
        return failedSync(ErrorCode.UNKNOWN_MEMBER_ID)
      case 'PreparingRebalance':
        return failedSync(ErrorCode.REBALANCE_IN_PROGRESS)
      case 'CompletingRebalance': {
        const answer = member.awaitSync()
        if (memberId === this.leader) this.assign(assignments)
        return answer
      }
      case 'Stable':
        this.restartSession(member)
        return { error: ErrorCode.NONE, assignment: member.assignment }
    }
  }

  heartbeat(memberId: string, generation: number): ErrorCode {
    const member = this.members.get(memberId)
    if (!member) return ErrorCode.UNKNOWN_MEMBER_ID
    if (this.currentState === 'CompletingRebalance') return ErrorCode.REBALANCE_IN_PROGRESS
    if (generation !== this.currentGeneration) return ErrorCode.ILLEGAL_GENERATION
    this.restartSession(member)
    return this.currentState === 'PreparingRebalance'
      ? ErrorCode.REBALANCE_IN_PROGRESS
      : ErrorCode.NONE
  }

  /** Only the member id is checked: any connection may make any member leave. */
  leave(memberId: string): ErrorCode {
    if (this.forgetPromise(memberId)) {
      this.completeJoinIfAllJoined()
      return ErrorCode.NONE
    }
    const member = this.members.get(memberId)
    if (!member) return ErrorCode.UNKNOWN_MEMBER_ID
    this.removeMember(member)
    return ErrorCode.NONE
  }

  /** Whether offsets may be committed now. Generation -1 is for those who use the group without joining it. */
  checkCommit(memberId: string, generation: number): ErrorCode {
    if (this.currentState === 'Dead') return ErrorCode.UNKNOWN_MEMBER_ID
    if (generation < 0 && this.currentState === 'Empty') return ErrorCode.NONE
    if (this.currentState === 'CompletingRebalance') return ErrorCode.REBALANCE_IN_PROGRESS
    const member = this.members.get(memberId)
    if (!member) return ErrorCode.UNKNOWN_MEMBER_ID
    if (generation !== this.currentGeneration) return ErrorCode.ILLEGAL_GENERATION
    // PreparingRebalance included: a member may save its work before it joins again.
    this.restartSession(member)
    return ErrorCode.NONE
  }

  /** Ends all timers. Requests that wait are not answered. */
  kill(): void {
    this.currentState = 'Dead'
    clearTimeout(this.rebalanceTimer)
    for (const member of this.members.values()) member.cancelExpiry()
    for (const timer of this.promisedIds.values()) clearTimeout(timer)
  }

  private accepts({ protocolType, protocols }: JoinRequest): boolean {
    if (this.currentState === 'Empty') return protocolType !== '' && protocols.length > 0
    return protocolType === this.currentProtocolType && sharesProtocol(this.memberList, protocols)
  }

  private joinAsNewcomer(request: JoinRequest): Promise<JoinResult> | JoinResult {
    const memberId = `${request.clientId}-${randomUUID()}`
    if (!request.requiresKnownMemberId) return this.addMember(memberId, request)

    const timer = setTimeout(() => {
      this.forgetPromise(memberId)
      this.completeJoinIfAllJoined()
    }, request.sessionTimeoutMs)
    this.promisedIds.set(memberId, timer)
    return failedJoin(ErrorCode.MEMBER_ID_REQUIRED, memberId)
  }

  private addMember(id: string, request: JoinRequest): Promise<JoinResult> {
    const member = new Member({ ...request, id })
    if (this.members.size === 0) {
      this.leader = id
      this.currentProtocolType = request.protocolType
    }
    if (this.currentState === 'PreparingRebalance' && this.currentGeneration === 0) {
      this.hasNewFirstMember = true
    }
    this.members.set(id, member)
    const answer = member.awaitJoin()
    member.expireAfter(NEW_MEMBER_JOIN_TIMEOUT_MS, () => {
      this.expire(member)
    })
    this.prepareRebalance()
    this.completeJoinIfAllJoined()
    return answer
  }

  private rejoin(member: Member, protocols: readonly Protocol[]): Promise<JoinResult> | JoinResult {
    const isUnchanged = member.offersTheSame(protocols)
    // It missed the answer to its join, or a follower joins once more for no reason.
    if (isUnchanged && this.currentState === 'CompletingRebalance') return this.joinResult(member)
    if (isUnchanged && this.currentState === 'Stable' && member.id !== this.leader) {
      return this.joinResult(member)
    }
    member.protocols = protocols
    const answer = member.awaitJoin()
    this.prepareRebalance()
    this.completeJoinIfAllJoined()
    return answer
  }

  private prepareRebalance(): void {
    const previous = this.currentState
    if (previous === 'PreparingRebalance' || previous === 'Dead') return
    if (previous === 'CompletingRebalance') this.cancelSyncs()
    this.currentState = 'PreparingRebalance'
    if (previous === 'Empty') {
      this.collectFirstMembers(this.longestRebalanceTimeout() - this.initialRebalanceDelayMs)
    } else {
      this.rebalanceTimer = setTimeout(() => {
        this.completeJoin()
      }, this.longestRebalanceTimeout())
      this.completeJoinIfAllJoined()
    }
  }

  /** The first members of a group usually start together: waits anew while more of them come. */
  private collectFirstMembers(remainingMs: number): void {
    this.isCollectingFirstMembers = true
    this.hasNewFirstMember = false
    const delay = this.initialRebalanceDelayMs
    this.rebalanceTimer = setTimeout(
      () => {
        if (this.hasNewFirstMember && remainingMs > 0) this.collectFirstMembers(remainingMs - delay)
        else this.completeJoin()
      },
      Math.min(delay, Math.max(remainingMs, 0)),
    )
  }

  private completeJoinIfAllJoined(): void {
    if (this.currentState !== 'PreparingRebalance' || this.isCollectingFirstMembers) return
    const allJoined = this.memberList.every(({ isAwaitingJoin }) => isAwaitingJoin)
    if (allJoined && this.promisedIds.size === 0) this.completeJoin()
  }

  private completeJoin(): void {
    clearTimeout(this.rebalanceTimer)
    this.isCollectingFirstMembers = false
    for (const member of this.memberList) if (!member.isAwaitingJoin) this.forgetMember(member)

    this.currentGeneration += 1
    if (this.members.size === 0) {
      this.selectedProtocol = ''
      this.currentState = 'Empty'
      return
    }
    this.selectedProtocol = selectProtocol(this.memberList)
    this.currentState = 'CompletingRebalance'
    for (const member of this.memberList) {
      member.answerJoin(this.joinResult(member))
      member.isNew = false
      this.restartSession(member)
    }
  }

  private joinResult(member: Member): JoinResult {
    const protocol = this.selectedProtocol
    const everyone = this.memberList.map((other) => ({
      id: other.id,
      metadata: other.metadataFor(protocol),
    }))
    return {
      error: ErrorCode.NONE,
      generation: this.currentGeneration,
      protocol,
      leader: this.leader,
      memberId: member.id,
      members: member.id === this.leader ? everyone : [],
    }
  }

  private assign(assignments: ReadonlyMap<string, Buffer>): void {
    this.currentState = 'Stable'
    for (const member of this.memberList) {
      member.assignment = assignments.get(member.id) ?? NO_ASSIGNMENT
      const wasWaiting = member.answerSync({
        error: ErrorCode.NONE,
        assignment: member.assignment,
      })
      if (wasWaiting) this.restartSession(member)
    }
  }

  private cancelSyncs(): void {
    for (const member of this.memberList) {
      member.assignment = NO_ASSIGNMENT
      const wasWaiting = member.answerSync(failedSync(ErrorCode.REBALANCE_IN_PROGRESS))
      if (wasWaiting) this.restartSession(member)
    }
  }

  private restartSession(member: Member): void {
    member.expireAfter(member.options.sessionTimeoutMs, () => {
      this.expire(member)
    })
  }

  private expire(member: Member): void {
    // Whoever waits for the others is not to blame; the clock restarts with the answer.
    const isExcused = member.isAwaitingSync || (member.isAwaitingJoin && !member.isNew)
    if (!isExcused) this.removeMember(member)
  }

  private removeMember(member: Member): void {
    member.answerJoin(failedJoin(ErrorCode.UNKNOWN_MEMBER_ID, ''))
    this.forgetMember(member)
    if (this.currentState === 'PreparingRebalance') this.completeJoinIfAllJoined()
    else this.prepareRebalance()
  }

  private forgetMember(member: Member): void {
    member.cancelExpiry()
    this.members.delete(member.id)
    if (member.id === this.leader) this.leader = this.memberList[0]?.id ?? ''
  }

  private forgetPromise(memberId: string): boolean {
    clearTimeout(this.promisedIds.get(memberId))
    return this.promisedIds.delete(memberId)
  }

  private longestRebalanceTimeout(): number {
    return Math.max(0, ...this.memberList.map(({ options }) => options.rebalanceTimeoutMs))
  }
}
