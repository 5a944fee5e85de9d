import { ErrorCode } from '../protocol/error-codes'
import { versions, type Api, type SupportedApi } from './api'

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

  handle(_request, context) {
    return { error: ErrorCode.NONE, apis: context.supportedApis() }
  },

  refuse(_request, error) {
    return { error, apis: [] }
  },

  encode(writer, { error, apis }, version, throttleMs) {
    writer.int16(error)
    writer.array(apis, ({ key, min, max }) => writer.int16(key).int16(min).int16(max))
    if (version >= 1) writer.int32(throttleMs)
  },
}
