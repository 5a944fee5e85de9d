import { ErrorCode } from '../protocol/error-codes'
import type { Api } from './api'

interface Request {
  readonly token: Buffer
}

interface Response {
  readonly error: ErrorCode
  readonly lifetimeMs: number
}

const ERROR_TEXTS = new Map<ErrorCode, string>([
  [ErrorCode.SASL_AUTHENTICATION_FAILED, 'Authentication failed: Invalid username or password'],
  [
    ErrorCode.ILLEGAL_SASL_STATE,
    'SaslAuthenticate request received after successful authentication',
  ],
])
/** The login holds as long as the connection. */
const NO_SESSION_LIFETIME_MS = 0

export const saslAuthenticate: Api<Request, Response> = {
  key: 36,
  name: 'SaslAuthenticate',
  versions: { min: 0, max: { '2.1': 0, '2.2': 1 } },

  decode(reader) {
    return { token: reader.bytes() }
  },

  handle({ token }, { sasl, switches }) {
    const { sessionLifetimeMs } = switches.current
    const lifetimeMs = sessionLifetimeMs ?? NO_SESSION_LIFETIME_MS
    return { error: sasl.authenticate(token, sessionLifetimeMs), lifetimeMs }
  },

  refuse(_request, error, { sasl }) {
    sasl.fail()
    return { error, lifetimeMs: NO_SESSION_LIFETIME_MS }
  },

  encode(writer, { error, lifetimeMs }, version) {
    writer.int16(error).nullableString(ERROR_TEXTS.get(error) ?? null)
    writer.bytes(Buffer.alloc(0))
    if (version >= 1) writer.int64(BigInt(lifetimeMs))
  },
}
