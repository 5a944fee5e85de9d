import type { GroupCoordinator } from '../groups/coordinator'
import type { Reader } from '../protocol/reader'
import { Writer } from '../protocol/writer'
import type { SaslSession } from '../sasl'
import type { Project } from '../store/project'

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

/** What every connection of the endpoint shares. */
export interface Services {
  readonly project: Project
  readonly groups: GroupCoordinator
  readonly supportedApis: readonly SupportedApi[]
  /** Where Metadata and FindCoordinator send clients to. */
  advertised(): { readonly host: string; readonly port: number }
}

/** What an API may know of the request besides its content. */
export interface RequestContext extends Services {
  readonly clientId: string
  readonly clientHost: string
  readonly sasl: SaslSession
  /** Aborts when the connection is found closed: nobody waits for the answer any more. */
  readonly closed: AbortSignal
}

/** One Kafka API: how its request is read, what it does, and how its answer is written. */
export interface Api<Request, Response> {
  /** Source: https://kafka.apache.org/protocol#protocol_api_keys */
  readonly key: number
  readonly name: string
  readonly versions: Versions
  /** Throws MalformedRequestError. */
  decode(reader: Reader, version: number): Request
  /** `undefined`: the client wants no answer. */
  handle(
    request: Request,
    context: RequestContext,
  ): Response | undefined | Promise<Response | undefined>
  encode(writer: Writer, response: Response, version: number): void
}

/** An API with its own types hidden, so that all of them fit into one table. */
export interface ServedApi {
  readonly key: number
  readonly name: string
  readonly versions: Versions
  serve(reader: Reader, version: number, context: RequestContext): Promise<Writer | undefined>
}

export function served<Request, Response>(api: Api<Request, Response>): ServedApi {
  return {
    key: api.key,
    name: api.name,
    versions: api.versions,
    async serve(reader, version, context) {
      const response = await api.handle(api.decode(reader, version), context)
      if (response === undefined) return undefined
      const writer = new Writer()
      api.encode(writer, response, version)
      return writer
    },
  }
}

/** The same highest version in both releases. */
export function versions(min: number, max: number): Versions {
  return { min, max: { '2.1': max, '2.2': max } }
}

/** The endpoint never throttles. */
export const NO_THROTTLE_MS = 0
/** There is one broker, and its partitions never had another leader. */
export const NODE_ID = 1
export const LEADER_EPOCH = 0
