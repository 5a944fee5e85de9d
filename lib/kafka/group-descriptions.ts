import { kafkaRequest, type KafkaRequest, type RawResponse, type Response } from './request'

export interface DescribedMember {
  readonly memberId: string
  readonly clientId: string
  readonly clientHost: string
  readonly metadata: Buffer
  /** As the leader encoded it; empty unless the group is stable. */
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

const NO_BYTES = Buffer.alloc(0)

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

export interface ListGroupsResponse extends Response {
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
