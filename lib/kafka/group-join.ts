import { isAborted } from '../abort'
import { SlsKafkaError } from '../errors'
import type { Cluster } from './cluster'
import type { Connection } from './connection'
import { REQUEST_TIMEOUT } from './constants'
import { BrokerError, INCONSISTENT_GROUP_PROTOCOL } from './error-codes'
import type { GroupAssignor } from './group-assignor'
import type { GroupExit } from './group-exit'
import type { GroupMemberParts, MemberSettings } from './member-settings'
import { decodeAssignment } from './group-protocol'
import { joinGroup, syncGroup, type JoinGroupResponse } from './group-requests'
import { watchJoin } from './join-look'
import { reactionTo } from './reactions'

/** What an attempt to join came to. */
export interface JoinedGroup {
  readonly memberId: string
  readonly generation: number
  readonly isLeader: boolean
  /** Of the logstore, ascending. */
  readonly shards: readonly number[]
  /** Monotonic: when the join was sent. */
  readonly sentMs: number
}

/** The standard name, so that a group can be shared with other Kafka clients. */
const PROTOCOL = 'range'

/** One way into the group: join, as the leader assign, and sync. */
export class GroupJoin {
  readonly #settings: MemberSettings
  readonly #parts: GroupMemberParts
  readonly #assignor: GroupAssignor
  readonly #exit: GroupExit
  /** Empty until the group has chosen one, and when it knows the last one no longer. */
  memberId = ''

  constructor(
    settings: MemberSettings,
    parts: GroupMemberParts,
    assignor: GroupAssignor,
    exit: GroupExit,
  ) {
    this.#settings = settings
    this.#parts = parts
    this.#assignor = assignor
    this.#exit = exit
  }

  /**
   * One attempt.
   *
   * @param onWaiting see `watchJoin`
   * @throws BrokerError, or why the coordinator could not be asked; SlsKafkaError for an assignment that
   * cannot be
   */
  async attempt(signal: AbortSignal, onWaiting: (sinceMs: number) => void): Promise<JoinedGroup> {
    const { clock } = this.#parts
    if (this.memberId === '') await this.#exit.leaveLostMember()
    const connection = await this.connection()
    const stopLooking = watchJoin(connection, this.#settings, this.#parts, onWaiting)
    try {
      const sentMs = clock.monotonic()
      const joined = await this.#join(connection)
      const shards = await this.#sync(connection, joined)
      await this.#checkShards(shards)
      if (isAborted(signal)) throw new Error('the consumer was closed')
      const { memberId, generation, leaderId } = joined
      return { memberId, generation, isLeader: leaderId === memberId, shards, sentMs }
    } finally {
      stopLooking()
      // A close sends its last requests through a spare one.
      if (!this.#exit.closing.aborted) this.#parts.cluster.releaseSpares()
    }
  }

  /** The connection for all requests of the member. */
  async connection(): Promise<Connection> {
    const cluster: Cluster = this.#parts.cluster
    return cluster.connection(await cluster.coordinator(this.#settings.group), 'main')
  }

  async #join(connection: Connection): Promise<JoinGroupResponse> {
    const { group, logstore, sessionTimeoutMs, rebalanceTimeoutMs } = this.#settings
    const protocols = [{ name: PROTOCOL, metadata: this.#assignor.subscription(logstore) }]
    const send = async (memberId: string): Promise<JoinGroupResponse> => {
      const request = { group, memberId, sessionTimeoutMs, rebalanceTimeoutMs, protocols }
      const sent = connection.send(joinGroup(request), this.#groupWaitMs)
      const answer = sent.then((response) => response.memberId)
      this.#exit.joining(memberId, answer)
      return sent
    }
    const wasUnknown = this.memberId === ''
    let response = await send(this.memberId)
    const isIdRequired = reactionTo('JoinGroup', response.errorCode) === 'member-id-required'
    if (wasUnknown && isIdRequired && response.memberId !== '') {
      this.memberId = response.memberId
      response = await send(response.memberId)
    }
    if (response.errorCode !== 0) throw new BrokerError('JoinGroup', response.errorCode)
    this.memberId = response.memberId
    if (response.protocol === PROTOCOL) return response
    throw new BrokerError('JoinGroup', INCONSISTENT_GROUP_PROTOCOL)
  }

  async #sync(connection: Connection, joined: JoinGroupResponse): Promise<readonly number[]> {
    const { group, logstore } = this.#settings
    const { generation, memberId, leaderId, members } = joined
    const isLeader = leaderId === memberId
    const assignments = isLeader ? await this.#assignor.assign(members) : []
    const { errorCode, assignment } = await connection.send(
      syncGroup({ group, generation, memberId, assignments }),
      // The leader brings the assignment, and is answered at once.
      isLeader ? 0 : this.#groupWaitMs,
    )
    if (errorCode !== 0) throw new BrokerError('SyncGroup', errorCode)
    const shards = decodeAssignment(assignment).get(logstore) ?? []
    return [...shards].sort((one, other) => one - other)
  }

  /** The list of shards can be out of date. @throws SlsKafkaError for shards that the logstore does not have */
  async #checkShards(shards: readonly number[]): Promise<void> {
    const { directory } = this.#parts
    const unknown = (): number[] => shards.filter((shard) => !directory.has(shard))
    if (directory.ageMs > REFRESH_AFTER_MS || unknown().length > 0) await directory.refresh()
    const [first] = unknown()
    if (first === undefined) return
    const { group, logstore } = this.#settings
    const detail = `the group's leader assigns shards that ${logstore} does not have: ${unknown().length}, the first is ${first}`
    throw new SlsKafkaError('SLS_GROUP_CONFLICT', { group, detail })
  }

  /** How long the group can let a member wait for the others. */
  get #groupWaitMs(): number {
    return this.#settings.rebalanceTimeoutMs + REQUEST_TIMEOUT
  }
}

/** A list of shards that is older is asked for again at an assignment. */
const REFRESH_AFTER_MS = 5_000
