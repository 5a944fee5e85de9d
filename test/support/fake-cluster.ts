import type { Clock } from '../../lib/clock'
import type { Broker } from '../../lib/kafka/cluster/brokers'
import type { ConnectionPurpose } from '../../lib/kafka/cluster/broker-connections'
import type { Cluster } from '../../lib/kafka/cluster/cluster'
import type { Connection, GroupWait } from '../../lib/kafka/connection/connection'
import type { ArrivedResponse, KafkaRequest, Response } from '../../lib/kafka/request'
import type { MetadataResponse } from '../../lib/kafka/cluster/metadata-requests'
import {
  responseBytes,
  fieldsOf,
  codecVersion,
  type ResponseFields,
  type Fields,
  type CodecApi,
} from './emulator-codec'

/** A request that reached a broker. */
export interface SentRequest {
  readonly api: CodecApi
  readonly nodeId: number
  readonly purpose: ConnectionPurpose
  readonly fields: unknown
}

type Script = (fields: never, nodeId: number) => unknown

/** The first broker of a fake cluster, which coordinates every group. */
export const FIRST_BROKER: Broker = { nodeId: 1, host: 'one.test', port: 9093 }

/**
 * A cluster without sockets. Requests are encoded and responses decoded as on a connection; what a broker
 * answers is what a test says. Connections never end by themselves.
 */
export class FakeCluster {
  readonly sent: SentRequest[] = []
  /** Shards of each logstore that metadata names, with their leaders. */
  readonly leaders = new Map<string, ReadonlyMap<number, number>>()
  /** Why metadata does not come. */
  metadataFailure: Error | null = null
  /** Of each logstore in the next metadata response. */
  topicErrorCode = 0
  metadataCount = 0
  forgottenCount = 0
  spareReleases = 0
  /** Errors with which all connections were ended. */
  readonly ended: Error[] = []
  brokers: readonly Broker[] = [FIRST_BROKER]
  /** Groups are coordinated by this broker; an error says why none is found. */
  coordinatorOrError: Broker | Error = FIRST_BROKER
  readonly #clock: Clock
  readonly #scripts = new Map<CodecApi, Script>()
  readonly #connections = new Map<string, FakeConnection>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** For a part of the client that is tested. */
  get asCluster(): Cluster {
    return this as unknown as Cluster
  }

  /** Requests of this API are answered so from now on. A script that throws breaks the connection. */
  on<A extends CodecApi>(
    api: A,
    script: (fields: Fields<A>, nodeId: number) => ResponseFields<A> | Promise<ResponseFields<A>>,
  ): void {
    this.#scripts.set(api, script)
  }

  /** The content of all requests of one API. */
  requests<A extends CodecApi>(api: A): Fields<A>[] {
    return this.sent.filter((one) => one.api === api).map(({ fields }) => fields as Fields<A>)
  }

  broker(nodeId: number): Broker | null {
    return this.brokers.find((broker) => broker.nodeId === nodeId) ?? null
  }

  coordinator(_group: string): Promise<Broker> {
    const found = this.coordinatorOrError
    return found instanceof Error ? Promise.reject(found) : Promise.resolve(found)
  }

  forgetCoordinator(_group: string): void {
    this.forgottenCount++
  }

  releaseSpares(): void {
    this.spareReleases++
  }

  endConnections(error: Error): void {
    this.ended.push(error)
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.end(new Error('closed'))
  }

  connection(broker: Broker, purpose: ConnectionPurpose): Promise<Connection> {
    return Promise.resolve(this.fakeConnection(broker, purpose) as unknown as Connection)
  }

  openConnection(broker: Broker, purpose: ConnectionPurpose): Connection | null {
    return (this.#connections.get(`${purpose} ${broker.nodeId}`) ?? null) as Connection | null
  }

  fakeConnection(broker: Broker, purpose: ConnectionPurpose): FakeConnection {
    const key = `${purpose} ${broker.nodeId}`
    const known = this.#connections.get(key)
    if (known) return known
    const answer = (api: CodecApi, fields: unknown): Promise<unknown> => {
      this.sent.push({ api, nodeId: broker.nodeId, purpose, fields })
      const script = this.#scripts.get(api)
      if (!script) return Promise.reject(new Error(`the test answers no ${api}`))
      return Promise.resolve(script(fields as never, broker.nodeId))
    }
    const connection = new FakeConnection(this.#clock, answer)
    this.#connections.set(key, connection)
    return connection
  }

  async send<R extends Response>(broker: Broker, request: KafkaRequest<R>): Promise<R> {
    const { groupWait } = this.fakeConnection(broker, 'main')
    return this.fakeConnection(broker, groupWait ? 'spare' : 'main').send(request)
  }

  async sendToCoordinator<R extends Response>(group: string, request: KafkaRequest<R>): Promise<R> {
    return this.send(await this.coordinator(group), request)
  }

  metadata(logstores: readonly string[] | null): Promise<MetadataResponse> {
    this.metadataCount++
    if (this.metadataFailure) return Promise.reject(this.metadataFailure)
    const names = logstores ?? [...this.leaders.keys()]
    const topics = names.map((name) => {
      const leaders = this.leaders.get(name)
      const errorCode = leaders ? this.topicErrorCode : UNKNOWN_TOPIC
      const shards = Array.from(leaders ?? [], ([shard, leader]) => ({
        shard,
        leader,
        errorCode: 0,
      }))
      return { name, errorCode, shards: errorCode === 0 ? shards : [] }
    })
    return Promise.resolve({ throttleMs: 0, brokers: this.brokers, topics })
  }
}

const UNKNOWN_TOPIC = 3

export class FakeConnection {
  readonly #clock: Clock
  readonly #answer: (api: CodecApi, fields: unknown) => Promise<unknown>
  readonly #fail = new Set<(error: Error) => void>()
  groupWait: GroupWait | null = null
  /** Why it was ended; null while it is open. */
  ended: Error | null = null
  /** Milliseconds that the last request could take beyond the usual. */
  lastWaitMs = 0

  constructor(clock: Clock, answer: (api: CodecApi, fields: unknown) => Promise<unknown>) {
    this.#clock = clock
    this.#answer = answer
  }

  async send<R extends Response>(request: KafkaRequest<R>, waitMs = 0): Promise<R> {
    return (await this.request(request, waitMs)).read()
  }

  async request<R extends Response>(
    request: KafkaRequest<R>,
    waitMs = 0,
  ): Promise<ArrivedResponse<R>> {
    const api = request.api as CodecApi
    const version = codecVersion(api)
    const fields = fieldsOf(api, await request.encode(version))
    this.lastWaitMs = waitMs
    const isGroupWait = api === 'JoinGroup' || api === 'SyncGroup'
    if (isGroupWait) {
      const kind = api === 'JoinGroup' ? 'join' : 'sync'
      this.groupWait = { request: kind, sinceMs: this.#clock.monotonic() }
    }
    let fail: (error: Error) => void = () => undefined
    const broken = new Promise<never>((_resolve, reject) => {
      fail = reject
    })
    this.#fail.add(fail)
    try {
      const answer = await Promise.race([this.#answer(api, fields), broken])
      const body = responseBytes(api, answer as ResponseFields<CodecApi>)
      return { body, version, read: () => request.decode(body, version) }
    } finally {
      this.#fail.delete(fail)
      if (isGroupWait) this.groupWait = null
    }
  }

  /** Fails what is pending. */
  end(error: Error): void {
    this.ended = error
    for (const fail of this.#fail) fail(error)
  }
}
