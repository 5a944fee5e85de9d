import { kafkaRequest, type KafkaRequest, type RawResponse, type Response } from './request'

/** What every consumer group of Kafka is called by its members. */
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
  /** Of all members, by the leader; empty for the others. */
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

export { describeGroup, listGroups } from './group-descriptions'
export type {
  DescribedMember,
  DescribeGroupResponse,
  ListGroupsResponse,
} from './group-descriptions'
