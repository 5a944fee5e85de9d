import { BrokerError, UNSUPPORTED_SASL_MECHANISM } from '../cluster/error-codes'
import { saslAuthenticate, saslHandshake } from './login-requests'
import { APIS, type OfferedVersions } from '../protocol'
import type { KafkaRequest, Response } from '../request'

const MECHANISM = 'PLAIN'
/** From this version of SaslHandshake on, SaslAuthenticate carries the token. */
const WITH_AUTHENTICATE = 1
const WITHOUT_AUTHENTICATE = 0

/** How a login speaks to the service. Rejections are failures of the connection. */
export interface LoginExchange {
  readonly versions: OfferedVersions
  send<R extends Response>(request: KafkaRequest<R>, version?: number): Promise<R>
  /** Sends a token without a header. */
  sendBare(token: Buffer): Promise<void>
}

export interface Credentials {
  readonly username: string
  readonly password: string
}

/**
 * Logs in by SASL PLAIN. A service that does not offer SaslAuthenticate gets the token without a header, as
 * before Kafka 1.0.
 *
 * @returns milliseconds after which the login must be renewed; 0 for never
 * @throws BrokerError if the service refuses, with the text of the service
 */
export async function logIn(exchange: LoginExchange, credentials: Credentials): Promise<number> {
  const hasAuthenticate = offersAuthenticate(exchange.versions)
  await shakeHands(exchange, hasAuthenticate)
  const token = Buffer.from(`\0${credentials.username}\0${credentials.password}`, 'utf8')
  if (!hasAuthenticate) {
    // A service that refuses such a token can only close the connection.
    await exchange.sendBare(token)
    return 0
  }
  const { errorCode, errorMessage, lifetimeMs } = await exchange.send(saslAuthenticate(token))
  if (errorCode !== 0) throw new BrokerError('SaslAuthenticate', errorCode, errorMessage)
  return lifetimeMs
}

async function shakeHands(exchange: LoginExchange, hasAuthenticate: boolean): Promise<void> {
  const version = hasAuthenticate ? WITH_AUTHENTICATE : bareVersion(exchange.versions)
  const { errorCode, mechanisms } = await exchange.send(saslHandshake(MECHANISM), version)
  const isRefused = errorCode === UNSUPPORTED_SASL_MECHANISM
  if (errorCode !== 0 && !isRefused) throw new BrokerError('SaslHandshake', errorCode)
  if (!isRefused && mechanisms.includes(MECHANISM)) return
  const offer = mechanisms.length > 0 ? mechanisms.join(', ') : 'no mechanism'
  const text = `the service does not take SASL ${MECHANISM} for a login; it offers ${offer}`
  throw new BrokerError('SaslHandshake', UNSUPPORTED_SASL_MECHANISM, text)
}

function offersAuthenticate(versions: OfferedVersions): boolean {
  const handshake = versions.get(APIS.SaslHandshake.key)
  return (
    versions.has(APIS.SaslAuthenticate.key) &&
    handshake !== undefined &&
    handshake.greatest >= WITH_AUTHENTICATE
  )
}

/** Undefined: the only one that the service offers. */
function bareVersion(versions: OfferedVersions): number | undefined {
  const least = versions.get(APIS.SaslHandshake.key)?.least
  return least === WITHOUT_AUTHENTICATE ? WITHOUT_AUTHENTICATE : undefined
}
