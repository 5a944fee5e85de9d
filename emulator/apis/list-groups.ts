import { ErrorCode } from '../protocol/error-codes'
import { NO_THROTTLE_MS, versions, type Api } from './api'

interface Response {
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
    return { groups: groups.list() }
  },

  encode(writer, { groups }, version) {
    if (version >= 1) writer.int32(NO_THROTTLE_MS)
    writer.int16(ErrorCode.NONE)
    writer.array(groups, ({ id, protocolType }) => writer.string(id).string(protocolType))
  },
}
