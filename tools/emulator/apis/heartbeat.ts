import type { ErrorCode } from '../protocol/error-codes'
import { versions, type Api } from './api'

interface Request {
  readonly groupId: string
  readonly generation: number
  readonly memberId: string
}

interface Response {
  readonly error: ErrorCode
}

export const heartbeat: Api<Request, Response> = {
  key: 12,
  name: 'Heartbeat',
  versions: versions(0, 2),

  decode(reader) {
    return { groupId: reader.string(), generation: reader.int32(), memberId: reader.string() }
  },

  handle({ groupId, generation, memberId }, { groups }) {
    return { error: groups.heartbeat(groupId, memberId, generation) }
  },

  refuse(_request, error) {
    return { error }
  },

  encode(writer, { error }, version, throttleMs) {
    if (version >= 1) writer.int32(throttleMs)
    writer.int16(error)
  },
}
