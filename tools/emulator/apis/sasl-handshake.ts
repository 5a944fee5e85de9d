import type { ErrorCode } from '../protocol/error-codes'
import { SASL_MECHANISM } from '../sasl'
import { versions, type Api } from './api'

interface Request {
  readonly mechanism: string
  /** Version 0 announces tokens without Kafka headers, version 1 SaslAuthenticate requests. */
  readonly wrapsTokens: boolean
}

interface Response {
  readonly error: ErrorCode
}

export const saslHandshake: Api<Request, Response> = {
  key: 17,
  name: 'SaslHandshake',
  versions: versions(0, 1),

  decode(reader, version) {
    return { mechanism: reader.string(), wrapsTokens: version >= 1 }
  },

  handle({ mechanism, wrapsTokens }, { sasl }) {
    return { error: sasl.begin(mechanism, wrapsTokens) }
  },

  refuse(_request, error) {
    return { error }
  },

  /** The mechanisms are listed on success too: kafkajs looks for its own among them. */
  encode(writer, { error }) {
    writer.int16(error).array([SASL_MECHANISM], (name) => writer.string(name))
  },
}
