import { ErrorCode } from '../protocol/error-codes'
import { versions, type Api } from './api'

interface Response {
  readonly error: ErrorCode
  readonly groups: readonly { readonly id: string; readonly protocolType: string }[]
}

export const listGroups: Api<undefined, Response> = {
  key: 16,
  name: 'ListGroups',
  versions: versions(0, 2),

  decode() {
    return undefined
  },

  handle(_request, { groups }) {
    return { error: ErrorCode.NONE, groups: groups.list() }
  },

  refuse(_request, error) {
    return { error, groups: [] }
  },

  encode(writer, { error, groups }, version, throttleMs) {
    if (version >= 1) writer.int32(throttleMs)
    writer.int16(error)
    writer.array(groups, ({ id, protocolType }) => writer.string(id).string(protocolType))
  },
}
