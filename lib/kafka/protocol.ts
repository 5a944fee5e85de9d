import { createRequire } from 'node:module'

/**
 * Kafka's wire protocol: which APIs and versions this client speaks, and the bytes of their requests and
 * responses. No other file of the client requires kafkajs, and only its encoders and decoders are used:
 * kafkajs's `parse` functions reject a whole response for the first error of one partition.
 */

/** Names as in the protocol guide of Apache Kafka. */
export type Api =
  | 'Produce'
  | 'Fetch'
  | 'ListOffsets'
  | 'Metadata'
  | 'OffsetCommit'
  | 'OffsetFetch'
  | 'FindCoordinator'
  | 'JoinGroup'
  | 'Heartbeat'
  | 'LeaveGroup'
  | 'SyncGroup'
  | 'DescribeGroups'
  | 'ListGroups'
  | 'SaslHandshake'
  | 'ApiVersions'
  | 'DescribeConfigs'
  | 'SaslAuthenticate'

export interface ApiSpec extends VersionRange {
  readonly key: number
  /** From this version on the client itself waits for the throttle time of a response (KIP-219). */
  readonly clientWaitsFrom: number
}

/**
 * The versions that this client can read and write. Produce begins at 3 and Fetch at 4 (Kafka 0.11), the
 * first versions with record batches. Fetch ends at 10, because from 11 on a broker may name a preferred
 * replica instead of sending records. ListOffsets 0 cannot look up a time exactly; OffsetCommit 0 and 1 and
 * OffsetFetch 0 belong to groups without a coordinator; JoinGroup 0 has no rebalance timeout. Metadata 0 has
 * no way to say "no logstore". Before Metadata 4 a request cannot forbid that a missing topic is created.
 */
export const APIS: Readonly<Record<Api, ApiSpec>> = {
  Produce: { key: 0, least: 3, greatest: 7, clientWaitsFrom: 6 },
  Fetch: { key: 1, least: 4, greatest: 10, clientWaitsFrom: 8 },
  ListOffsets: { key: 2, least: 1, greatest: 3, clientWaitsFrom: 3 },
  Metadata: { key: 3, least: 1, greatest: 6, clientWaitsFrom: 6 },
  OffsetCommit: { key: 8, least: 2, greatest: 5, clientWaitsFrom: 4 },
  OffsetFetch: { key: 9, least: 1, greatest: 4, clientWaitsFrom: 4 },
  FindCoordinator: { key: 10, least: 0, greatest: 2, clientWaitsFrom: 2 },
  JoinGroup: { key: 11, least: 1, greatest: 5, clientWaitsFrom: 3 },
  Heartbeat: { key: 12, least: 0, greatest: 3, clientWaitsFrom: 2 },
  LeaveGroup: { key: 13, least: 0, greatest: 3, clientWaitsFrom: 2 },
  SyncGroup: { key: 14, least: 0, greatest: 3, clientWaitsFrom: 2 },
  DescribeGroups: { key: 15, least: 0, greatest: 2, clientWaitsFrom: 2 },
  ListGroups: { key: 16, least: 0, greatest: 2, clientWaitsFrom: 2 },
  SaslHandshake: { key: 17, least: 0, greatest: 1, clientWaitsFrom: 2 },
  ApiVersions: { key: 18, least: 0, greatest: 0, clientWaitsFrom: 2 },
  DescribeConfigs: { key: 32, least: 0, greatest: 2, clientWaitsFrom: 2 },
  SaslAuthenticate: { key: 36, least: 0, greatest: 1, clientWaitsFrom: 2 },
}

/** Versions that a broker supports, by API key. */
export type OfferedVersions = ReadonlyMap<number, VersionRange>

/**
 * @returns the greatest version that both sides speak
 * @throws UnsupportedApiError if there is none
 */
export function negotiate(api: Api, offered: OfferedVersions, address: string): number {
  const { key, least, greatest } = APIS[api]
  const theirs = offered.get(key) ?? null
  const version = Math.min(greatest, theirs?.greatest ?? -1)
  if (!theirs || version < Math.max(least, theirs.least)) {
    throw new UnsupportedApiError({ api, ours: { least, greatest }, theirs, address })
  }
  return version
}

/** The body of a request, without its header. @param fields by kafkajs's names */
export async function encodeBody(api: Api, version: number, fields: object): Promise<Buffer> {
  const { request } = protocolOf(api, version)(fields)
  return (await request.encode()).buffer
}

/**
 * The fields of a response by kafkajs's names. A response with the error code 35 (UNSUPPORTED_VERSION) has
 * no other field: kafkajs throws before it reads on.
 *
 * @param body without the correlation id
 * @throws RangeError, or another error, if the body is not a response of this API and version
 */
export async function decodeBody(api: Api, version: number, body: Buffer): Promise<unknown> {
  try {
    return await protocolOf(api, version)({}).response.decode(body)
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === UNSUPPORTED_VERSION) return { errorCode: UNSUPPORTED_VERSION }
    throw error
  }
}

const UNSUPPORTED_VERSION = 35

export interface BrokerErrorCode {
  readonly code: number
  readonly type: string
  readonly message: string
}

interface Protocol {
  readonly request: { encode(): Promise<{ readonly buffer: Buffer }> }
  readonly response: { decode(body: Buffer): Promise<unknown> }
}

interface Definition {
  protocol(selection: { version: number }): (fields: object) => Protocol
}

/** Its inner files are not its public API: another version could have other ones. */
const KAFKAJS_VERSION = '2.2.4'

const { definitions, errorCodes } = loadKafkaJS()

/** Names and texts of the codes that kafkajs knows, up to 88. */
export const KAFKAJS_ERROR_CODES: readonly BrokerErrorCode[] = errorCodes

function loadKafkaJS(): {
  definitions: Readonly<Record<string, Definition | undefined>>
  errorCodes: readonly BrokerErrorCode[]
} {
  const load = createRequire(__filename)
  const { version } = load('kafkajs/package.json') as { version: string }
  if (version !== KAFKAJS_VERSION) {
    throw new Error(`kafkajs ${KAFKAJS_VERSION} is needed; ${version} is installed`)
  }
  const { requests } = load('kafkajs/src/protocol/requests') as {
    requests: Record<string, Definition | undefined>
  }
  const { errorCodes: codes } = load('kafkajs/src/protocol/error') as {
    errorCodes: readonly BrokerErrorCode[]
  }
  return { definitions: requests, errorCodes: codes }
}

function protocolOf(api: Api, version: number): (fields: object) => Protocol {
  // kafkajs keeps the name of Kafka 0.10.
  const definition = definitions[api === 'FindCoordinator' ? 'GroupCoordinator' : api]
  if (!definition) throw new Error(`kafkajs has no ${api}`)
  return definition.protocol({ version })
}

/** Versions of one API, both ends included. */
export interface VersionRange {
  readonly least: number
  readonly greatest: number
}

export interface VersionMismatch {
  readonly api: string
  readonly ours: VersionRange
  /** Null if the broker does not offer the API at all. */
  readonly theirs: VersionRange | null
  /** `host:port` of the broker. */
  readonly address: string
}

/** A broker does not offer a version of an API that this client can speak. Nothing was sent. */
export class UnsupportedApiError extends Error implements VersionMismatch {
  override readonly name = 'UnsupportedApiError'
  readonly api: string
  readonly ours: VersionRange
  readonly theirs: VersionRange | null
  readonly address: string

  constructor({ api, ours, theirs, address }: VersionMismatch) {
    const offer = theirs ? `offers versions ${rangeText(theirs)}` : 'does not offer it'
    super(`${api} is needed in one of the versions ${rangeText(ours)}; ${address} ${offer}`)
    this.api = api
    this.ours = ours
    this.theirs = theirs
    this.address = address
  }
}

function rangeText({ least, greatest }: VersionRange): string {
  return `${least} to ${greatest}`
}
