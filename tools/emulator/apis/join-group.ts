import { failedJoin, type JoinResult, type Protocol } from '../groups/member'
import { type Api } from './api'

interface Request {
  readonly groupId: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly memberId: string
  readonly protocolType: string
  readonly protocols: readonly Protocol[]
  readonly requiresKnownMemberId: boolean
}

export const joinGroup: Api<Request, JoinResult> = {
  key: 11,
  name: 'JoinGroup',
  versions: { min: 0, max: { '2.1': 3, '2.2': 4 } },

  decode(reader, version) {
    const groupId = reader.string()
    const sessionTimeoutMs = reader.int32()
    return {
      groupId,
      sessionTimeoutMs,
      rebalanceTimeoutMs: version >= 1 ? reader.int32() : sessionTimeoutMs,
      memberId: reader.string(),
      protocolType: reader.string(),
      // Copied: the group keeps the metadata long after the request's buffer should be gone.
      protocols: reader.array(() => ({
        name: reader.string(),
        metadata: Buffer.from(reader.bytes()),
      })),
      requiresKnownMemberId: version >= 4,
    }
  },

  handle(request, { groups, clientId, clientHost }) {
    return groups.join({ ...request, clientId, clientHost })
  },

  refuse({ memberId }, error) {
    return failedJoin(error, memberId)
  },

  encode(writer, { error, generation, protocol, leader, memberId, members }, version, throttleMs) {
    if (version >= 2) writer.int32(throttleMs)
    writer.int16(error).int32(generation).string(protocol).string(leader).string(memberId)
    writer.array(members, (member) => writer.string(member.id).bytes(member.metadata))
  },
}
