import { ErrorCode } from '../protocol/error-codes'
import { NO_THROTTLE_MS, versions, type Api, type SupportedApi } from './api'

interface Response {
  readonly error: ErrorCode
  readonly apis: readonly SupportedApi[]
}

export const API_VERSIONS_KEY = 18

/** The body of a request carries nothing in the versions served. */
export const apiVersions: Api<undefined, Response> = {
  key: API_VERSIONS_KEY,
  name: 'ApiVersions',
  versions: versions(0, 2),

  decode() {
    return undefined
  },

  handle(_request, { supportedApis }) {
    return { error: ErrorCode.NONE, apis: supportedApis }
  },

  encode(writer, { error, apis }, version) {
    writer.int16(error)
    writer.array(apis, ({ key, min, max }) => writer.int16(key).int16(min).int16(max))
    if (version >= 1) writer.int32(NO_THROTTLE_MS)
  },
}
