import type { ErrorCode } from '../protocol/error-codes'
import { versions, type Api } from './api'

interface Request {
  readonly groupIds: readonly string[]
}

interface Response {
  readonly results: readonly { readonly groupId: string; readonly error: ErrorCode }[]
}

export const deleteGroups: Api<Request, Response> = {
  key: 42,
  name: 'DeleteGroups',
  versions: versions(0, 1),

  decode(reader) {
    return { groupIds: reader.array(() => reader.string()) }
  },

  handle({ groupIds }, { groups }) {
    return { results: groupIds.map((groupId) => ({ groupId, error: groups.delete(groupId) })) }
  },

  refuse({ groupIds }, error) {
    return { results: groupIds.map((groupId) => ({ groupId, error })) }
  },

  encode(writer, { results }, _version, throttleMs) {
    writer.int32(throttleMs)
    writer.array(results, ({ groupId, error }) => writer.string(groupId).int16(error))
  },
}
