import { ErrorCode } from '../protocol/error-codes'
import { NODE_ID, versions, type Api } from './api'

interface Request {
  readonly keyType: number
}

interface Response {
  readonly error: ErrorCode
  readonly host: string
  readonly port: number
}

const GROUP = 0
const NO_NODE_ID = -1
const NO_BROKER = { host: '', port: -1 }

export const findCoordinator: Api<Request, Response> = {
  key: 10,
  name: 'FindCoordinator',
  versions: versions(0, 2),

  decode(reader, version) {
    reader.string() // the group: all have the same coordinator
    return { keyType: version >= 1 ? reader.int8() : GROUP }
  },

  handle({ keyType }, context) {
    // SLS has no transactions, so there is no coordinator for them either.
    if (keyType !== GROUP) return { error: ErrorCode.INVALID_REQUEST, ...NO_BROKER }
    return { error: ErrorCode.NONE, ...context.advertised() }
  },

  refuse(_request, error) {
    return { error, ...NO_BROKER }
  },

  encode(writer, { error, host, port }, version, throttleMs) {
    if (version >= 1) writer.int32(throttleMs)
    writer.int16(error)
    if (version >= 1) writer.nullableString(null) // error message
    writer
      .int32(error === ErrorCode.NONE ? NODE_ID : NO_NODE_ID)
      .string(host)
      .int32(port)
  },
}
