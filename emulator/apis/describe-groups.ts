import type { Group } from '../groups/group'
import { ErrorCode } from '../protocol/error-codes'
import { NO_THROTTLE_MS, versions, type Api } from './api'

interface Request {
  readonly groupIds: readonly string[]
}

interface MemberDescription {
  readonly id: string
  readonly clientId: string
  readonly clientHost: string
  readonly metadata: Buffer
  readonly assignment: Buffer
}

interface GroupDescription {
  readonly id: string
  readonly state: string
  readonly protocolType: string
  readonly protocol: string
  readonly members: readonly MemberDescription[]
}

interface Response {
  readonly groups: readonly GroupDescription[]
}

export const describeGroups: Api<Request, Response> = {
  key: 15,
  name: 'DescribeGroups',
  versions: versions(0, 2),

  decode(reader) {
    return { groupIds: reader.array(() => reader.string()) }
  },

  handle({ groupIds }, { groups }) {
    return { groups: groupIds.map((id) => describe(id, groups.find(id))) }
  },

  encode(writer, { groups }, version) {
    if (version >= 1) writer.int32(NO_THROTTLE_MS)
    writer.array(groups, ({ id, state, protocolType, protocol, members }) => {
      writer.int16(ErrorCode.NONE).string(id).string(state).string(protocolType).string(protocol)
      writer.array(members, (member) => {
        writer.string(member.id).string(member.clientId).string(member.clientHost)
        writer.bytes(member.metadata).bytes(member.assignment)
      })
    })
  },
}

/**
 * Members are listed in every state; what they subscribe to and were given only while the group is
 * stable, as in Apache Kafka. A group that does not exist is Dead and no error.
 */
function describe(id: string, group: Group | undefined): GroupDescription {
  if (!group) return { id, state: 'Dead', protocolType: '', protocol: '', members: [] }
  const protocol = group.state === 'Stable' ? group.protocol : ''
  return {
    id,
    state: group.state,
    protocolType: group.protocolType,
    protocol,
    members: group.memberList.map((member) => ({
      id: member.id,
      clientId: member.options.clientId,
      clientHost: member.options.clientHost,
      metadata: member.metadataFor(protocol),
      assignment: group.state === 'Stable' ? member.assignment : Buffer.alloc(0),
    })),
  }
}
