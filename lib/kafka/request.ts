import { decodeBody, encodeBody, type Api } from './protocol'

/** Fields that all responses share. */
export interface Response {
  /** Milliseconds that the service throttles this client for; 0 for none. */
  readonly throttleMs: number
}

/** One request, in every version that the client speaks. */
export interface KafkaRequest<R extends Response> {
  readonly api: Api
  /** @returns the body, without the header */
  encode(version: number): Promise<Buffer>
  /**
   * @param body without the correlation id
   * @param onReleased to be called when nothing refers to `body` any more; if it never is, the garbage collector
   *   frees the memory
   * @throws if the bytes are not a response to this request
   */
  decode(body: Buffer, version: number, onReleased?: () => void): Promise<R>
}

/** A response of which all bytes have come. */
export interface ArrivedResponse<R> {
  /** The bytes after the correlation id. */
  readonly body: Buffer
  /** Version of the request. */
  readonly version: number
  /** Decodes the body; call this once. @throws MalformedResponseError, which also ends the connection */
  read(): Promise<R>
}

/** Fields of a response that kafkajs names differently from version to version. */
export interface RawResponse {
  /** Up to the version from which on the client waits; 0 from then on. */
  readonly throttleTime?: number
  readonly clientSideThrottleTime?: number
}

/** The part of a response with a list of topics. */
export interface RawTopics<Partition> extends RawResponse {
  readonly responses?: readonly {
    readonly topic: string | null
    readonly partitions: readonly Partition[]
  }[]
}

export function throttleMsOf({ throttleTime, clientSideThrottleTime }: RawResponse): number {
  return Math.max(0, clientSideThrottleTime ?? throttleTime ?? 0)
}

/** The partitions of the only topic that was asked for. */
export function partitionsOf<Partition>(raw: RawTopics<Partition>, topic: string): Partition[] {
  const partitions: Partition[] = []
  for (const response of raw.responses ?? []) {
    if (response.topic !== topic) continue
    for (const partition of response.partitions) partitions.push(partition)
  }
  return partitions
}

/**
 * A request in kafkajs's encoding.
 *
 * @param fields of the request, by kafkajs's names
 * @param read makes the response of what kafkajs decoded
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- kafkajs has no types for it
export function kafkaRequest<Raw extends RawResponse, R>(
  api: Api,
  fields: object,
  read: (raw: Raw) => R,
): KafkaRequest<R & Response> {
  return {
    api,
    encode: (version) => encodeBody(api, version, fields),
    async decode(body, version) {
      const raw = (await decodeBody(api, version, body)) as Raw
      return { throttleMs: throttleMsOf(raw), ...read(raw) }
    },
  }
}
