import type { ErrorCode } from '../protocol/error-codes'
import { versions, type Api } from './api'

interface Request {
  readonly groupId: string
  readonly memberId: string
}

interface Response {
  readonly error: ErrorCode
}

export const leaveGroup: Api<Request, Response> = {
  key: 13,
  name: 'LeaveGroup',
  versions: versions(0, 2),

  decode(reader) {
    return { groupId: reader.string(), memberId: reader.string() }
  },

  handle({ groupId, memberId }, { groups }) {
    return { error: groups.leave(groupId, memberId) }
  },

  refuse(_request, error) {
    return { error }
  },

  encode(writer, { error }, version, throttleMs) {
    if (version >= 1) writer.int32(throttleMs)
    writer.int16(error)
  },
}
