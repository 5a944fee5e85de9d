import type { FaultDescription } from '../../tools/emulator/faults/parse-fault'
import type { Disturbance, FaultCase, Trigger } from './fault-case'
import type { Expectation } from './measurements'

/** How an API is made to be requested, and the error codes that its responses are tried with. */
interface ApiCases {
  readonly trigger: Trigger
  /** Codes where the API has them by default: at the response, or at each shard. */
  readonly codes: readonly number[]
  /** Codes of the response as a whole, for an API that has them at the shards by default. */
  readonly responseCodes?: readonly number[]
  /** Codes at one of several shards. */
  readonly oneShardCodes?: readonly number[]
}

const UNKNOWN_SERVER_ERROR = -1
/** Kafka has no error of this code. */
const UNKNOWN_CODE = 999
const ODD_CODES = [UNKNOWN_SERVER_ERROR, UNKNOWN_CODE] as const

const APIS: Readonly<Record<string, ApiCases>> = {
  Metadata: { trigger: 'move the leader', codes: [3, 5, 29, ...ODD_CODES], oneShardCodes: [5, 9] },
  FindCoordinator: { trigger: 'move the coordinator', codes: [14, 15, 30, ...ODD_CODES] },
  JoinGroup: {
    trigger: 'expire the member',
    codes: [14, 15, 16, 25, 27, 30, 79, ...ODD_CODES],
  },
  SyncGroup: { trigger: 'expire the member', codes: [15, 16, 22, 25, 27, 30, ...ODD_CODES] },
  Heartbeat: { trigger: 'none', codes: [15, 16, 22, 25, 27, 30, ...ODD_CODES] },
  OffsetFetch: { trigger: 'expire the member', codes: [14, 16, 22, 25, 30, ...ODD_CODES] },
  OffsetCommit: { trigger: 'none', codes: [3, 14, 15, 16, 22, 25, 27, 29, 30, ...ODD_CODES] },
  ListOffsets: {
    trigger: 'expire the offsets',
    codes: [3, 5, 6, 9, 13, 29, 56, 74, ...ODD_CODES],
    oneShardCodes: [6],
  },
  Fetch: {
    trigger: 'none',
    codes: [3, 5, 6, 9, 13, 29, 56, 74, ...ODD_CODES],
    responseCodes: [13, 29, 56, 89, ...ODD_CODES],
    oneShardCodes: [3, 6, 56],
  },
  SaslHandshake: { trigger: 'close connections', codes: [33, ...ODD_CODES] },
  SaslAuthenticate: { trigger: 'close connections', codes: [58, ...ODD_CODES] },
  ApiVersions: { trigger: 'restart', codes: [35, ...ODD_CODES] },
}

/** Codes of refused permissions: they end the membership wherever they come. */
const PERMISSION_CODES: ReadonlySet<number> = new Set([29, 30])
/** An error of these APIs ends the membership: the login or the versions are refused. */
const ADMISSION_APIS: ReadonlySet<string> = new Set([
  'SaslHandshake',
  'SaslAuthenticate',
  'ApiVersions',
])

const LASTS_MS = 15_000
/** Longer than the bound of 15 s and its tolerance, or the status could not be judged. */
const SILENCE_LASTS_MS = 18_000

const IN_PLACE: Expectation = {
  mustBeMet: true,
  notGreenWithinMs: 5_000,
  yellowWithinMs: null,
  resumesWithinMs: 5_000,
}
/** The client closes a connection 10 s after a fault at the end of a request. */
const SILENT: Expectation = { ...IN_PLACE, notGreenWithinMs: 15_000, resumesWithinMs: 15_000 }
/** The client closes a connection after 20 s if the fetch before it was silent, because a link can be that slow. */
const SILENT_FETCH: Expectation = { ...SILENT, resumesWithinMs: 25_000 }
/** One backoff of the consumer: 30 s and a tenth. */
const ENDS_MEMBERSHIP: Expectation = { ...IN_PLACE, resumesWithinMs: 33_000 }

const DRIP_MS = 4_000
const THROTTLE_MS = 2_000
const ONE_SHARD = 1

/** Every case, with the APIs in the order of the table above. */
export const ALL_CASES: readonly FaultCase[] = [
  ...Object.entries(APIS).flatMap(([api, cases]) => [
    ...errorCases(api, cases),
    ...connectionCases(api, cases),
  ]),
  requestCase('Fetch', 'throttle', { kind: 'throttle', ms: THROTTLE_MS }, 'none', IN_PLACE),
  requestCase('Heartbeat', 'throttle', { kind: 'throttle', ms: THROTTLE_MS }, 'none', IN_PLACE),
  serviceCase('TLS accepted and closed at once', { kind: 'reception', reception: 'close' }),
  serviceCase('no TLS', { kind: 'reception', reception: 'nonsense' }),
  serviceCase('no TLS handshake', { kind: 'reception', reception: 'silence' }, SILENT),
  serviceCase('connections refused', { kind: 'outage' }),
  serviceCase('half-open connections', { kind: 'half-open' }, SILENT),
  serviceCase('AccessKey refused', { kind: 'access-key' }, ENDS_MEMBERSHIP),
  { ...serviceCase('no fault', { kind: 'none' }, { ...IN_PLACE, mustBeMet: false }) },
]

/** One case of each kind of reaction. */
const SHORT_NAMES: ReadonlySet<string> = new Set([
  'no fault',
  'Metadata: error 5',
  'FindCoordinator: error 15',
  'JoinGroup: error 79',
  'JoinGroup: silence',
  'SyncGroup: error 27',
  'Heartbeat: error 16',
  'Heartbeat: error 22',
  'Heartbeat: lost response',
  'OffsetFetch: error 14',
  'OffsetCommit: error 15',
  'OffsetCommit: error 25',
  'OffsetCommit: lost response',
  'ListOffsets: error 6',
  'Fetch: error 6',
  'Fetch: error 29',
  'Fetch: error 999',
  'Fetch: error 56 at one shard',
  'Fetch: error 89 of the response',
  'Fetch: error -1 of the response',
  'Fetch: close',
  'Fetch: silence',
  'Fetch: drip',
  'Fetch: garbled response',
  'Fetch: throttle',
  'SaslAuthenticate: error 58',
  'ApiVersions: close',
  'TLS accepted and closed at once',
])

export const SHORT_CASES: readonly FaultCase[] = ALL_CASES.filter(({ name }) =>
  SHORT_NAMES.has(name),
)

function errorCases(
  api: string,
  { trigger, codes, responseCodes = [], oneShardCodes = [] }: ApiCases,
): FaultCase[] {
  const errorCase = (code: number, where: string, fields: FaultDescription): FaultCase => {
    const endsMembership = PERMISSION_CODES.has(code) || ADMISSION_APIS.has(api)
    const fault = { ...fields, kind: 'error', error: code }
    const expected = endsMembership ? ENDS_MEMBERSHIP : IN_PLACE
    return requestCase(api, `error ${code}${where}`, fault, trigger, expected)
  }
  return [
    ...codes.map((code) => errorCase(code, '', {})),
    ...responseCodes.map((code) => errorCase(code, ' of the response', { scope: 'response' })),
    ...oneShardCodes.map((code) => errorCase(code, ' at one shard', { shard: ONE_SHARD })),
  ]
}

function connectionCases(api: string, { trigger }: ApiCases): FaultCase[] {
  // A service may refuse a login by anything else than an error code.
  const isAdmission = ADMISSION_APIS.has(api)
  const { resumesWithinMs } = ENDS_MEMBERSHIP
  const broken = isAdmission ? ENDS_MEMBERSHIP : IN_PLACE
  const unanswered = api === 'Fetch' ? SILENT_FETCH : SILENT
  const silent = isAdmission ? { ...SILENT, resumesWithinMs } : unanswered
  return [
    requestCase(api, 'close', { kind: 'close' }, trigger, broken),
    requestCase(api, 'garbled response', { kind: 'garble' }, trigger, broken),
    requestCase(api, 'silence', { kind: 'freeze' }, trigger, silent),
    requestCase(api, 'lost response', { kind: 'drop' }, trigger, silent),
    requestCase(api, 'drip', { kind: 'drip', ms: DRIP_MS }, trigger, silent),
  ]
}

function requestCase(
  api: string,
  what: string,
  fault: FaultDescription,
  trigger: Trigger,
  expected: Expectation,
): FaultCase {
  const disturbance = { kind: 'requests', api, fault: { ...fault, api } } as const
  return {
    name: `${api}: ${what}`,
    disturbance,
    trigger,
    lastsMs: lastsMs(expected),
    expected: api === 'OffsetCommit' ? withCommits(expected) : expected,
  }
}

function serviceCase(name: string, disturbance: Disturbance, expected = IN_PLACE): FaultCase {
  const isForNewConnections = disturbance.kind === 'reception' || disturbance.kind === 'access-key'
  const trigger = isForNewConnections ? 'close connections' : 'none'
  return { name, disturbance, trigger, lastsMs: lastsMs(expected), expected }
}

/** Commits that fail show within 10 s, or within the bound of lost responses. */
function withCommits(expected: Expectation): Expectation {
  return { ...expected, yellowWithinMs: Math.max(10_000, expected.notGreenWithinMs) }
}

function lastsMs({ notGreenWithinMs }: Expectation): number {
  return notGreenWithinMs === SILENT.notGreenWithinMs ? SILENCE_LASTS_MS : LASTS_MS
}
