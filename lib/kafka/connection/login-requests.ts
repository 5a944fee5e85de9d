import type { OfferedVersions } from '../protocol'
import { kafkaRequest, type KafkaRequest, type RawResponse, type Response } from '../request'

interface RawError extends RawResponse {
  readonly errorCode: number
}

export interface ApiVersionsResponse extends Response {
  readonly errorCode: number
  readonly versions: OfferedVersions
}

type RawVersions = RawError & {
  apiVersions?: readonly { apiKey: number; minVersion: number; maxVersion: number }[]
}

/** Asks which versions of which APIs the broker offers. */
export function apiVersions(): KafkaRequest<ApiVersionsResponse> {
  return kafkaRequest('ApiVersions', {}, ({ errorCode, apiVersions: rows }: RawVersions) => ({
    errorCode,
    versions: new Map(
      (rows ?? []).map(({ apiKey, minVersion, maxVersion }) => [
        apiKey,
        { least: minVersion, greatest: maxVersion },
      ]),
    ),
  }))
}

export interface SaslHandshakeResponse extends Response {
  readonly errorCode: number
  /** Names of the mechanisms that the service takes. */
  readonly mechanisms: readonly string[]
}

type RawHandshake = RawError & { enabledMechanisms?: readonly (string | null)[] }

/** Announces how this client logs in. */
export function saslHandshake(mechanism: string): KafkaRequest<SaslHandshakeResponse> {
  return kafkaRequest('SaslHandshake', { mechanism }, (raw: RawHandshake) => ({
    errorCode: raw.errorCode,
    mechanisms: (raw.enabledMechanisms ?? []).filter((name) => name !== null),
  }))
}

export interface SaslAuthenticateResponse extends Response {
  readonly errorCode: number
  /** The service's reason for a refusal; null if there is none. */
  readonly errorMessage: string | null
  /** Milliseconds after which the login must be renewed; 0 for never. */
  readonly lifetimeMs: number
}

type RawAuthenticate = RawError & {
  errorMessage?: string | null
  /** From version 1 on. */
  sessionLifetimeMs?: string
}

/** Logs in. */
export function saslAuthenticate(token: Buffer): KafkaRequest<SaslAuthenticateResponse> {
  const length = Buffer.allocUnsafe(4)
  length.writeInt32BE(token.length)
  // kafkajs writes these bytes as they are, and the protocol has their length before them.
  const authBytes = Buffer.concat([length, token])
  return kafkaRequest('SaslAuthenticate', { authBytes }, (raw: RawAuthenticate) => ({
    errorCode: raw.errorCode,
    errorMessage: raw.errorMessage ?? null,
    lifetimeMs: Number(raw.sessionLifetimeMs ?? 0),
  }))
}
