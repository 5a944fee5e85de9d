import type { Changes } from '../faults/spoil'
import { refusalOf } from '../faults/refusal'
import type { GroupCoordinator } from '../groups/coordinator'
import type { SeenLeaders } from '../leaders'
import { ErrorCode } from '../protocol/error-codes'
import type { Reader } from '../protocol/reader'
import { Writer } from '../protocol/writer'
import type { SaslSession } from '../sasl'
import type { Project } from '../store/project'
import type { SwitchValues } from '../switches'

/** The Kafka release whose API versions are offered. SLS documents "up to 2.2" and "minimum 2.1.0". */
export type KafkaRelease = '2.1' | '2.2'

/** The lowest version that is served, and the highest in each release. */
export interface Versions {
  readonly min: number
  readonly max: Readonly<Record<KafkaRelease, number>>
}

/** An API as ApiVersions lists it. */
export interface SupportedApi {
  readonly key: number
  readonly name: string
  readonly min: number
  readonly max: number
}

/** The state that all connections of the emulator share. */
export interface Services {
  readonly project: Project
  readonly groups: GroupCoordinator
  readonly switches: { readonly current: SwitchValues }
  /** What clients are offered, each within what is served. */
  supportedApis(): readonly SupportedApi[]
  /** Where Metadata and FindCoordinator send clients to. */
  advertised(): { readonly host: string; readonly port: number }
}

/** The context of a request. */
export interface RequestContext extends Services, Changes {
  readonly clientId: string
  readonly clientHost: string
  readonly sasl: SaslSession
  readonly leaders: SeenLeaders
  /** Aborts when the connection is found closed, because no client waits for the response. */
  readonly closed: AbortSignal
}

/** One Kafka API: reads its request, serves it, and writes its response. */
export interface Api<Request, Response> {
  /** Source: https://kafka.apache.org/protocol#protocol_api_keys */
  readonly key: number
  readonly name: string
  readonly versions: Versions
  /** Throws MalformedRequestError. */
  decode(reader: Reader, version: number): Request
  /** Returns undefined if the client wants no response. */
  handle(
    request: Request,
    context: RequestContext,
  ): Response | undefined | Promise<Response | undefined>
  /**
   * The response with an error and nothing else. APIs with errors by logstore or shard have
   * none: they ask for the refusal of each, see `findShard`.
   */
  refuse?(request: Request, error: ErrorCode, context: RequestContext): Response
  /** `refuse` answers only faults with the scope `response`; others go to the shards. */
  readonly errsByShard?: boolean
  encode(writer: Writer, response: Response, version: number, throttleMs: number): void
}

/** An API with its own types hidden, so that all of them fit into one table. */
export interface ServedApi {
  readonly key: number
  readonly name: string
  readonly versions: Versions
  /** The response has an error of its own, besides those of its logstores and shards. */
  readonly hasResponseError: boolean
  serve(reader: Reader, version: number, context: RequestContext): Promise<Writer | undefined>
}

export function served<Request, Response>(api: Api<Request, Response>): ServedApi {
  return {
    key: api.key,
    name: api.name,
    versions: api.versions,
    hasResponseError: api.refuse !== undefined,
    async serve(reader, version, context) {
      const response = await answer(api, api.decode(reader, version), context)
      if (response === undefined) return undefined
      const writer = new Writer()
      api.encode(writer, response, version, context.throttleMs)
      return writer
    },
  }
}

function answer<Request, Response>(
  api: Api<Request, Response>,
  request: Request,
  context: RequestContext,
): Response | undefined | Promise<Response | undefined> {
  const refusals = context.refusals.filter(({ isOfResponse }) => isOfResponse || !api.errsByShard)
  const error = api.refuse ? refusalOf(refusals, {}) : ErrorCode.NONE
  const refusal = error === ErrorCode.NONE ? undefined : api.refuse?.(request, error, context)
  return refusal ?? api.handle(request, context)
}

/** The same highest version in both releases. */
export function versions(min: number, max: number): Versions {
  return { min, max: { '2.1': max, '2.2': max } }
}

/** The node id of the group coordinator, and by default the only node id. */
export const NODE_ID = 1
/** Partitions never had another leader. */
export const LEADER_EPOCH = 0
