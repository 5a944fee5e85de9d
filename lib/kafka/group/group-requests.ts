import { decodeAssignment } from './group-protocol'
import { kafkaRequest, type KafkaRequest, type RawResponse, type Response } from '../request'

/** The protocol type of consumer groups. */
const PROTOCOL_TYPE = 'consumer'

const NO_BYTES = Buffer.alloc(0)

/** The fields of a response with an error may be missing. */
interface RawError extends RawResponse {
  readonly errorCode: number
}

export interface ErrorResponse extends Response {
  /** 0 for none. */
  readonly errorCode: number
}

export interface FindCoordinatorResponse extends ErrorResponse {
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

type RawCoordinator = RawError & {
  coordinator?: { nodeId: number; host: string | null; port: number }
}

/** Asks which broker coordinates a group. */
export function findCoordinator(group: string): KafkaRequest<FindCoordinatorResponse> {
  return kafkaRequest('FindCoordinator', { groupId: group }, (raw: RawCoordinator) => ({
    errorCode: raw.errorCode,
    nodeId: raw.coordinator?.nodeId ?? -1,
    host: raw.coordinator?.host ?? '',
    port: raw.coordinator?.port ?? -1,
  }))
}

export interface JoinGroupFields {
  readonly group: string
  /** Empty in the first request of a new member. */
  readonly memberId: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocols: readonly { readonly name: string; readonly metadata: Buffer }[]
}

export interface JoinGroupResponse extends ErrorResponse {
  readonly generation: number
  /** Name of the assignor that the group has agreed on; null after an error. */
  readonly protocol: string | null
  readonly leaderId: string
  readonly memberId: string
  /** Empty for a member that does not lead. */
  readonly members: readonly { readonly memberId: string; readonly metadata: Buffer }[]
}

type RawJoin = RawError & {
  generationId?: number
  groupProtocol?: string | null
  leaderId?: string | null
  memberId?: string | null
  members?: readonly { memberId: string | null; memberMetadata: Buffer | null }[]
}

/** Joins a group, or joins it again. The response comes when all members have joined. */
export function joinGroup(fields: JoinGroupFields): KafkaRequest<JoinGroupResponse> {
  const { group, memberId, sessionTimeoutMs, rebalanceTimeoutMs, protocols } = fields
  return kafkaRequest(
    'JoinGroup',
    {
      groupId: group,
      memberId,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      protocolType: PROTOCOL_TYPE,
      groupProtocols: protocols,
    },
    (raw: RawJoin) => ({
      errorCode: raw.errorCode,
      generation: raw.generationId ?? -1,
      protocol: raw.groupProtocol === '' ? null : (raw.groupProtocol ?? null),
      leaderId: raw.leaderId ?? '',
      memberId: raw.memberId ?? '',
      members: (raw.members ?? []).map((member) => ({
        memberId: member.memberId ?? '',
        metadata: member.memberMetadata ?? NO_BYTES,
      })),
    }),
  )
}

/** A member of a group in one generation. */
export interface GenerationMember {
  readonly group: string
  readonly generation: number
  readonly memberId: string
}

export interface SyncGroupFields extends GenerationMember {
  /** Subscriptions of all members, for the leader; empty for the others. */
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[]
}

export interface SyncGroupResponse extends ErrorResponse {
  /** Empty for no assignment. */
  readonly assignment: Buffer
}

type RawSync = RawError & { memberAssignment?: Buffer | null }

/** Gets the assignment of a member. The response comes when the leader has assigned. */
export function syncGroup(fields: SyncGroupFields): KafkaRequest<SyncGroupResponse> {
  const { group, generation, memberId, assignments } = fields
  const groupAssignment = assignments.map(({ memberId: id, assignment }) => ({
    memberId: id,
    memberAssignment: assignment,
  }))
  return kafkaRequest(
    'SyncGroup',
    { groupId: group, generationId: generation, memberId, groupAssignment },
    (raw: RawSync) => ({
      errorCode: raw.errorCode,
      assignment: raw.memberAssignment ?? NO_BYTES,
    }),
  )
}

/** Keeps a member in its group. */
export function heartbeat(member: GenerationMember): KafkaRequest<ErrorResponse> {
  const { group, generation, memberId } = member
  const fields = { groupId: group, groupGenerationId: generation, memberId }
  return kafkaRequest('Heartbeat', fields, ({ errorCode }: RawError) => ({ errorCode }))
}

type RawLeave = RawError & { members?: readonly { errorCode: number }[] }

/** Takes a member out of its group. */
export function leaveGroup(member: {
  readonly group: string
  readonly memberId: string
}): KafkaRequest<ErrorResponse> {
  const { group, memberId } = member
  return kafkaRequest('LeaveGroup', { groupId: group, memberId }, (raw: RawLeave) => ({
    errorCode: raw.errorCode === 0 ? (raw.members?.[0]?.errorCode ?? 0) : raw.errorCode,
  }))
}

interface DescribedMember {
  readonly memberId: string
  readonly clientId: string
  readonly clientHost: string
  readonly metadata: Buffer
  /** The assignment as the leader encoded it; empty unless the group is stable. */
  readonly assignment: Buffer
}

export interface DescribeGroupResponse extends Response {
  readonly errorCode: number
  /** `Dead` for a group that the service does not know. */
  readonly state: string
  /** Name of the assignor; empty unless the group is stable. */
  readonly protocol: string
  readonly members: readonly DescribedMember[]
}

interface RawGroups extends RawResponse {
  readonly groups: readonly {
    readonly errorCode: number
    readonly groupId: string | null
    readonly state: string | null
    readonly protocol: string | null
    readonly members: readonly {
      readonly memberId: string | null
      readonly clientId: string | null
      readonly clientHost: string | null
      readonly memberMetadata: Buffer | null
      readonly memberAssignment: Buffer | null
    }[]
  }[]
}

/** Asks for the state and the members of a group. */
export function describeGroup(group: string): KafkaRequest<DescribeGroupResponse> {
  return kafkaRequest('DescribeGroups', { groupIds: [group] }, ({ groups }: RawGroups) => {
    const found = groups.find(({ groupId }) => groupId === group)
    if (!found) throw new Error('a description of another group')
    return {
      errorCode: found.errorCode,
      state: found.state ?? '',
      protocol: found.protocol ?? '',
      members: found.members.map((member) => ({
        memberId: member.memberId ?? '',
        clientId: member.clientId ?? '',
        clientHost: member.clientHost ?? '',
        metadata: member.memberMetadata ?? NO_BYTES,
        assignment: member.memberAssignment ?? NO_BYTES,
      })),
    }
  })
}

interface ListGroupsResponse extends Response {
  readonly errorCode: number
  readonly groups: readonly string[]
}

interface RawList extends RawResponse {
  readonly errorCode: number
  readonly groups: readonly { readonly groupId: string | null }[]
}

/** Asks for the groups that a broker coordinates. */
export function listGroups(): KafkaRequest<ListGroupsResponse> {
  return kafkaRequest('ListGroups', {}, ({ errorCode, groups }: RawList) => ({
    errorCode,
    groups: groups.map(({ groupId }) => groupId ?? ''),
  }))
}

/**
 * Whether the group has assigned a shard of the logstore to any member.
 *
 * @returns null while the group is not stable, and therefore has no assignment
 */
export function isLogstoreAssigned(
  { state, members }: DescribeGroupResponse,
  logstore: string,
): boolean | null {
  if (state !== 'Stable') return null
  return members.some(({ assignment }) => {
    const shards = decodeAssignment(assignment).get(logstore)
    return shards !== undefined && shards.length > 0
  })
}
