import { ErrorCode } from '../protocol/error-codes'
import { CommitJournal } from './commit-journal'
import type { CommittedOffsets, CommittedPartition } from './committed-offsets'
import { Group } from './group'
import type { JoinRequest } from './join-request'
import { failedJoin, failedSync, type JoinResult, type SyncResult } from './member'
import { subscribedLogstores } from './subscription'

export interface CoordinatorOptions {
  /** How long a group that has just got its first member waits for more, ms. Apache Kafka: 3000. */
  readonly initialRebalanceDelayMs: number
  /** Shortest session timeout that a member may ask for, ms. Apache Kafka: 6000. */
  readonly minSessionTimeoutMs: number
  /** SLS documents 15. */
  readonly maxGroupsPerLogstore: number
  /** SLS does not document the code of this refusal. */
  readonly groupLimitError: ErrorCode
}

export interface CommitRequest {
  readonly groupId: string
  readonly memberId: string
  readonly generation: number
  readonly partitions: readonly CommittedPartition[]
}

/** Apache Kafka's default for `group.max.session.timeout.ms` in 2.x. */
const MAX_SESSION_TIMEOUT_MS = 300_000

/** All consumer groups of the project. */
export class GroupCoordinator {
  readonly journal = new CommitJournal()
  readonly #options: CoordinatorOptions
  readonly #groups = new Map<string, Group>()

  constructor(options: CoordinatorOptions) {
    this.#options = options
  }

  list(): Group[] {
    return [...this.#groups.values()]
  }

  find(groupId: string): Group | undefined {
    return this.#groups.get(groupId)
  }

  async join(request: JoinRequest): Promise<JoinResult> {
    const { groupId, memberId, sessionTimeoutMs, protocolType, protocols } = request
    if (groupId === '') return failedJoin(ErrorCode.INVALID_GROUP_ID, memberId)
    if (
      sessionTimeoutMs < this.#options.minSessionTimeoutMs ||
      sessionTimeoutMs > MAX_SESSION_TIMEOUT_MS
    ) {
      return failedJoin(ErrorCode.INVALID_SESSION_TIMEOUT, memberId)
    }
    const known = this.#groups.get(groupId)
    if (!known && memberId !== '') return failedJoin(ErrorCode.UNKNOWN_MEMBER_ID, memberId)

    const logstores = subscribedLogstores(protocolType, protocols)
    if (this.#wouldExceedLimit(groupId, logstores)) {
      return failedJoin(this.#options.groupLimitError, memberId)
    }
    const group = known ?? this.#createGroup(groupId)
    logstores.forEach((logstore) => group.logstores.add(logstore))
    return group.join(request)
  }

  async sync(
    groupId: string,
    memberId: string,
    generation: number,
    assignments: ReadonlyMap<string, Buffer>,
  ): Promise<SyncResult> {
    const group = this.#groups.get(groupId)
    return group?.sync(memberId, generation, assignments) ?? failedSync(ErrorCode.UNKNOWN_MEMBER_ID)
  }

  heartbeat(groupId: string, memberId: string, generation: number): ErrorCode {
    return this.#groups.get(groupId)?.heartbeat(memberId, generation) ?? ErrorCode.UNKNOWN_MEMBER_ID
  }

  leave(groupId: string, memberId: string): ErrorCode {
    return this.#groups.get(groupId)?.leave(memberId) ?? ErrorCode.UNKNOWN_MEMBER_ID
  }

  /** Ends the sessions of a group's members, of one client or all; returns how many. */
  expireMembers(groupId: string, clientId?: string): number {
    return this.#groups.get(groupId)?.expireMembers(clientId) ?? 0
  }

  commit({ groupId, memberId, generation, partitions }: CommitRequest): ErrorCode {
    const known = this.#groups.get(groupId)
    if (!known && generation >= 0) return ErrorCode.ILLEGAL_GENERATION
    const error = known?.checkCommit(memberId, generation) ?? ErrorCode.NONE
    if (error !== ErrorCode.NONE) return error
    if (this.#wouldExceedLimit(groupId, new Set(partitions.map(({ logstore }) => logstore)))) {
      return this.#options.groupLimitError
    }
    const group = known ?? this.#createGroup(groupId)
    const time = Date.now()
    for (const { logstore, shard, offset, leaderEpoch, metadata } of partitions) {
      group.logstores.add(logstore)
      group.offsets.set(logstore, shard, { offset, leaderEpoch, metadata })
      this.journal.add({
        time,
        group: groupId,
        member: memberId,
        generation,
        logstore,
        shard,
        offset,
      })
    }
    return ErrorCode.NONE
  }

  committedOffsets(groupId: string): CommittedOffsets | undefined {
    return this.#groups.get(groupId)?.offsets
  }

  delete(groupId: string): ErrorCode {
    const group = this.#groups.get(groupId)
    if (!group) return ErrorCode.GROUP_ID_NOT_FOUND
    if (group.state !== 'Empty') return ErrorCode.NON_EMPTY_GROUP
    group.kill()
    this.#groups.delete(groupId)
    return ErrorCode.NONE
  }

  stop(): void {
    for (const group of this.#groups.values()) group.kill()
  }

  #createGroup(groupId: string): Group {
    const group = new Group(groupId, this.#options.initialRebalanceDelayMs)
    this.#groups.set(groupId, group)
    return group
  }

  #wouldExceedLimit(groupId: string, logstores: ReadonlySet<string>): boolean {
    return [...logstores].some((logstore) => {
      const others = this.list().filter(
        (group) => group.id !== groupId && group.logstores.has(logstore),
      )
      return others.length >= this.#options.maxGroupsPerLogstore
    })
  }
}
