import { addressText, seedBroker, type Broker } from './brokers'
import {
  BrokerConnections,
  type BrokerListener,
  type ConnectionSettings,
  type ConnectionPurpose,
} from './broker-connections'
import type { Connection } from '../connection/connection'
import { CoordinatorLookup } from './coordinator-lookup'
import { endsMembership } from './error-actions'
import type { KafkaRequest, Response } from '../request'
import { metadata, type MetadataResponse } from './metadata-requests'

/** The brokers behind one endpoint: who they are, who coordinates a group, and the connections to them. */
export class Cluster {
  readonly #settings: ConnectionSettings
  readonly #connections: BrokerConnections
  readonly #seed: Broker
  readonly #closing = new AbortController()
  #brokers: readonly Broker[] = []
  /** Single requests under way. */
  #sending = 0
  /** Look-ups by group. */
  readonly #lookups = new Map<string, CoordinatorLookup>()

  constructor(settings: ConnectionSettings, onEvent: BrokerListener) {
    this.#settings = settings
    this.#connections = new BrokerConnections(settings, onEvent)
    this.#seed = seedBroker(settings.project)
  }

  /** The brokers that the last metadata response named. */
  get brokers(): readonly Broker[] {
    return this.#brokers
  }

  broker(nodeId: number): Broker | null {
    return this.#brokers.find((broker) => broker.nodeId === nodeId) ?? null
  }

  /** Connects to the first broker that can be reached, and logs in. */
  async connect(): Promise<Connection> {
    return this.#anyConnection()
  }

  connection(broker: Broker, purpose: ConnectionPurpose): Promise<Connection> {
    return this.#connections.get(broker, purpose)
  }

  /** The open connection; null if there is none. */
  openConnection(broker: Broker, purpose: ConnectionPurpose): Connection | null {
    return this.#connections.openConnection(broker, purpose)
  }

  /** Sends a single request that no other request of this client has to wait for. */
  async send<R extends Response>(broker: Broker, request: KafkaRequest<R>): Promise<R> {
    return this.#sendThrough(this.#requestConnection(broker), request)
  }

  /** Sends a single request to the coordinator of a group. */
  async sendToCoordinator<R extends Response>(group: string, request: KafkaRequest<R>): Promise<R> {
    return this.send(await this.coordinator(group), request)
  }

  /** Sends a request that every broker answers alike. */
  async sendToAny<R extends Response>(request: KafkaRequest<R>): Promise<R> {
    return this.#sendThrough(this.#anyConnection(), request)
  }

  /** Closes the spare connections, unless a request or a join that waits still needs them. */
  releaseSpares(): void {
    if (this.#sending > 0) return
    for (const broker of this.#candidates()) {
      const isNeeded = this.#connections.openConnection(broker, 'main')?.groupWait
      const spare = this.#connections.openConnection(broker, 'spare')
      if (!isNeeded && spare?.pendingCount === 0) this.#connections.release(broker, 'spare')
    }
  }

  /**
   * Asks for brokers, shards and leaders.
   *
   * @param logstores null for all that the AccessKey may list
   * @returns the response as it came: a logstore and a shard can have an error of their own
   */
  async metadata(logstores: readonly string[] | null): Promise<MetadataResponse> {
    const response = await this.sendToAny(metadata(logstores))
    if (response.brokers.length > 0) this.#brokers = response.brokers
    return response
  }

  /**
   * The broker that coordinates a group; asked for once, until it is forgotten.
   *
   * @throws BrokerError, or why no broker could be asked
   */
  coordinator(group: string): Promise<Broker> {
    return this.#lookupOf(group).find()
  }

  /** The next request for the group asks who coordinates it. */
  forgetCoordinator(group: string): void {
    this.#lookupOf(group).forget()
  }

  /** Ends the connections, for example because their login holds no longer. New ones are made as needed. */
  endConnections(error: Error): void {
    for (const connection of this.#connections.open) connection.end(error)
  }

  /** Ends all connections; requests under way fail, and no connection is made any more. */
  close(): void {
    this.#closing.abort()
    this.#connections.close()
  }

  #lookupOf(group: string): CoordinatorLookup {
    const known = this.#lookups.get(group)
    if (known) return known
    const lookup = new CoordinatorLookup(group, this, this.#settings.clock, this.#closing.signal)
    this.#lookups.set(group, lookup)
    return lookup
  }

  async #sendThrough<R extends Response>(
    connection: Promise<Connection>,
    request: KafkaRequest<R>,
  ): Promise<R> {
    this.#sending++
    try {
      return await (await connection).send(request)
    } finally {
      this.#sending--
      this.releaseSpares()
    }
  }

  /** The broker's main connection, or a spare one while a join waits on that. */
  #requestConnection(broker: Broker): Promise<Connection> {
    const isWaiting = this.#connections.openConnection(broker, 'main')?.groupWait
    return this.#connections.get(broker, isWaiting ? 'spare' : 'main')
  }

  /** An open connection if there is one, else to the first broker that can be reached. */
  async #anyConnection(): Promise<Connection> {
    const brokers = this.#candidates()
    const isOpen = (broker: Broker): boolean =>
      [
        this.#connections.openConnection(broker, 'main'),
        this.#connections.openConnection(broker, 'spare'),
      ].some((connection) => connection && !connection.groupWait)
    let failure: unknown = null
    for (const broker of [...brokers.filter(isOpen), ...brokers.filter((one) => !isOpen(one))]) {
      try {
        return await this.#requestConnection(broker)
      } catch (error) {
        if (endsMembership(error) || this.#closing.signal.aborted) throw error
        failure ??= error
      }
    }
    throw failure
  }

  /** All known brokers and the configured address. Brokers in backoff come last. */
  #candidates(): readonly Broker[] {
    const coordinators = [...this.#lookups.values()].flatMap(({ known }) => known ?? [])
    const all = [...coordinators, ...this.#brokers, this.#seed]
    const unique = [...new Map(all.map((broker) => [addressText(broker), broker])).values()]
    const isInBackoff = (broker: Broker): boolean => this.#connections.isInBackoff(broker, 'main')
    return [
      ...unique.filter((broker) => !isInBackoff(broker)),
      ...unique.filter((broker) => isInBackoff(broker)),
    ]
  }
}
