import { ErrorCode } from './protocol/error-codes'

/** The only mechanism that SLS documents. */
export const SASL_MECHANISM = 'PLAIN'

export interface AccessKey {
  readonly id: string
  readonly secret: string
}

/**
 * How a wrong AccessKey shows: the login fails, or it succeeds and every logstore is refused with
 * TOPIC_AUTHORIZATION_FAILED. SLS documents the second for producers; for consumers nothing is known.
 */
export type AuthFailure = 'sasl' | 'topic'

/** The project and the AccessKey that logins need. The AccessKey can change while connections are open. */
export class AccessControl {
  accessKey: AccessKey
  readonly projectName: string
  readonly authFailure: AuthFailure

  constructor(projectName: string, accessKey: AccessKey, authFailure: AuthFailure) {
    this.projectName = projectName
    this.accessKey = accessKey
    this.authFailure = authFailure
  }

  accepts(accessKey: AccessKey): boolean {
    return accessKey.id === this.accessKey.id && accessKey.secret === this.accessKey.secret
  }
}

/**
 * `handshake`: nothing said yet. `token`: a SaslAuthenticate request comes next. `bare token`: a token
 * without Kafka header comes next. `failed`: the connection closes once the answer is written.
 */
export type SaslState = 'handshake' | 'token' | 'bare token' | 'authenticated' | 'failed'

/** The login of one connection. */
export class SaslSession {
  readonly #access: AccessControl
  #currentState: SaslState = 'handshake'
  #accessKey: AccessKey = { id: '', secret: '' }
  /** Unix ms; null: the login holds as long as the connection. */
  #expiresAt: number | null = null

  constructor(access: AccessControl) {
    this.#access = access
  }

  get state(): SaslState {
    return this.#currentState
  }

  /** Whether the login gives access to logstores. Each request checks it, as SLS checks each call. */
  get isAuthorized(): boolean {
    return this.#access.authFailure === 'sasl' || this.#access.accepts(this.#accessKey)
  }

  /** The login has ended; only a new one on the same connection is served. */
  get isExpired(): boolean {
    return this.#expiresAt !== null && Date.now() >= this.#expiresAt
  }

  begin(mechanism: string, wrapsTokens: boolean): ErrorCode {
    const isAgain = this.#currentState === 'authenticated'
    if (isAgain && this.#expiresAt === null) return ErrorCode.ILLEGAL_SASL_STATE
    if (mechanism !== SASL_MECHANISM) {
      this.#currentState = 'failed'
      return ErrorCode.UNSUPPORTED_SASL_MECHANISM
    }
    this.#currentState = wrapsTokens ? 'token' : 'bare token'
    return ErrorCode.NONE
  }

  /** Ends the login without a look at the token. */
  fail(): void {
    this.#currentState = 'failed'
  }

  /** @param lifetimeMs how long the login holds; undefined: as long as the connection */
  authenticate(token: Buffer, lifetimeMs?: number): ErrorCode {
    if (this.#currentState === 'authenticated') return ErrorCode.ILLEGAL_SASL_STATE
    const login = parsePlainToken(token)
    const isAccepted =
      login?.projectName === this.#access.projectName &&
      (this.#access.authFailure === 'topic' || this.#access.accepts(login.accessKey))
    if (!isAccepted) {
      this.#currentState = 'failed'
      return ErrorCode.SASL_AUTHENTICATION_FAILED
    }
    this.#accessKey = login.accessKey
    this.#currentState = 'authenticated'
    this.#expiresAt = lifetimeMs === undefined ? null : Date.now() + lifetimeMs
    return ErrorCode.NONE
  }
}

interface Login {
  readonly projectName: string
  readonly accessKey: AccessKey
}

/**
 * RFC 4616: authzid NUL authcid NUL password. kafka-python sends the user name as authzid, others
 * nothing. SLS: user name = project, password = `id#secret`; an id never holds a "#", a secret might.
 */
export function parsePlainToken(token: Buffer): Login | undefined {
  const [authorizationId, userName, password, ...more] = token.toString('utf8').split('\0')
  if (authorizationId === undefined || !userName || !password || more.length > 0) return undefined
  if (authorizationId !== '' && authorizationId !== userName) return undefined
  const separator = password.indexOf('#')
  if (separator < 0) return undefined
  const accessKey = { id: password.slice(0, separator), secret: password.slice(separator + 1) }
  return { projectName: userName, accessKey }
}
