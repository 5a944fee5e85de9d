import { isAborted } from '../../async'
import { SlsKafkaError } from '../../errors'
import type { Cluster } from '../cluster/cluster'
import type { Connection } from '../connection/connection'
import { REQUEST_TIMEOUT_MS } from '../constants'
import { BrokerError, INCONSISTENT_GROUP_PROTOCOL } from '../cluster/error-codes'
import type { GroupAssignor } from './group-assignor'
import type { MemberRequests } from './member-requests'
import type { GroupMemberParts, MemberSettings } from './group-member-types'
import { decodeAssignment } from './group-protocol'
import { joinGroup, syncGroup, type JoinGroupResponse } from './group-requests'
import { watchJoin } from './join-watch'
import { errorAction } from '../cluster/error-actions'

/** The membership after a join and a sync. */
export interface JoinedGroup {
  readonly memberId: string
  readonly generation: number
  readonly isLeader: boolean
  /** Shards of the logstore, ascending. */
  readonly shards: readonly number[]
  /** When the join was sent, in monotonic ms. */
  readonly sentMs: number
}

/** The standard name, so that a group can be shared with other Kafka clients. */
const PROTOCOL = 'range'

/** Joins the group, assigns the shards if this member leads, and syncs. */
export class GroupJoin {
  readonly #settings: MemberSettings
  readonly #parts: GroupMemberParts
  readonly #assignor: GroupAssignor
  readonly #requests: MemberRequests
  /** Empty until the group has chosen one, and after the group has forgotten the last one. */
  memberId = ''

  constructor(
    settings: MemberSettings,
    parts: GroupMemberParts,
    assignor: GroupAssignor,
    requests: MemberRequests,
  ) {
    this.#settings = settings
    this.#parts = parts
    this.#assignor = assignor
    this.#requests = requests
  }

  /**
   * Makes one attempt to join.
   *
   * @param onWaiting see `watchJoin`
   * @throws BrokerError, or the error of the connection; SlsKafkaError for shards that do not exist
   */
  async attempt(signal: AbortSignal, onWaiting: (sinceMs: number) => void): Promise<JoinedGroup> {
    const { clock } = this.#parts
    if (this.memberId === '') await this.#requests.leaveLostMember()
    const connection = await this.connection()
    const stopWatch = watchJoin(connection, this.#settings, this.#parts, onWaiting)
    try {
      const sentMs = clock.monotonic()
      const joined = await this.#join(connection)
      const shards = await this.#sync(connection, joined)
      await this.#checkShards(shards)
      if (isAborted(signal)) throw new Error('the consumer was closed')
      const { memberId, generation, leaderId } = joined
      return { memberId, generation, isLeader: leaderId === memberId, shards, sentMs }
    } finally {
      stopWatch()
      // A close sends its last requests through a spare connection.
      if (!this.#requests.closing.aborted) this.#parts.cluster.releaseSpares()
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
      const chosenId = sent.then((response) => response.memberId)
      this.#requests.trackJoin(memberId, chosenId)
      return sent
    }
    const wasUnknown = this.memberId === ''
    let response = await send(this.memberId)
    const isIdRequired = errorAction('JoinGroup', response.errorCode) === 'member-id-required'
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
      // The service responds to the leader at once, because the leader brings the assignment.
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

  /** Longest time that a member waits for the others. */
  get #groupWaitMs(): number {
    return this.#settings.rebalanceTimeoutMs + REQUEST_TIMEOUT_MS
  }
}

/** A list of shards that is older is refreshed at an assignment. */
const REFRESH_AFTER_MS = 5_000
