import type { Group } from '../groups/group'
import { ErrorCode } from '../protocol/error-codes'
import { versions, type Api } from './api'

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
  readonly error: ErrorCode
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

  refuse({ groupIds }, error) {
    return { groups: groupIds.map((id) => ({ ...unknownGroup(id), error })) }
  },

  encode(writer, { groups }, version, throttleMs) {
    if (version >= 1) writer.int32(throttleMs)
    writer.array(groups, ({ error, id, state, protocolType, protocol, members }) => {
      writer.int16(error).string(id).string(state).string(protocolType).string(protocol)
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
  if (!group) return unknownGroup(id)
  const protocol = group.state === 'Stable' ? group.protocol : ''
  return {
    error: ErrorCode.NONE,
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

function unknownGroup(id: string): GroupDescription {
  return {
    error: ErrorCode.NONE,
    id,
    state: 'Dead',
    protocolType: '',
    protocol: '',
    members: [],
  }
}
