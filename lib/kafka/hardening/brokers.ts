/**
 * Behind a load balancer several node ids may share one address. kafkajs gives them all the same
 * connections, on which the service answers one long poll after the other (no upstream issue; seen in
 * cluster/brokerPool.js); here each has its own. A broker whose connection was closed is forgotten
 * with its other connection still open, although the coordinator goes on using it; here it is kept, as
 * it connects again by itself, and only its metadata is asked for anew. And where no known broker can be
 * reached, kafkajs asks a new one at the first address, whose connection it then keeps beside theirs for
 * nothing; here it is closed when it has told of the others.
 */
interface Broker {
  readonly connectionPool: { host: string; port: number; rack: string | null }
  disconnect(): Promise<void>
}

interface BrokerPool {
  brokers: Record<string, Broker>
  seedBroker?: Broker
  metadataExpireAt: number | null
  readonly versions: unknown
  readonly rootLogger: unknown
  readonly connectionPoolBuilder: { build(address: object): Promise<unknown> }
  readonly createBroker: (options: object) => Broker
  refreshMetadata(topics: string[]): Promise<unknown>
  removeBroker(address: { host: string; port: number }): void
}

export const file = 'src/cluster/brokerPool.js'
export const methods = ['refreshMetadata', 'removeBroker']

export function rewrite(original: unknown): unknown {
  const BrokerPool = original as new (...args: unknown[]) => BrokerPool

  return class SeparateBrokerPool extends BrokerPool {
    override async refreshMetadata(topics: string[]): Promise<unknown> {
      const result = await super.refreshMetadata(topics)
      await this.#closeSpare()
      const nodeIds = Object.keys(this.brokers)
      const sharing = nodeIds.filter((nodeId) => this.brokers[nodeId] === this.seedBroker)
      for (const nodeId of sharing.slice(1)) {
        this.brokers[nodeId] = await this.#ownBroker(nodeId)
      }
      return result
    }

    override removeBroker(): void {
      this.metadataExpireAt = null
    }

    /** If none of the others can be reached, kafkajs makes another one. */
    async #closeSpare(): Promise<void> {
      const spare = this.seedBroker
      const [first, ...others] = Object.values(this.brokers)
      if (!spare || !first || [first, ...others].includes(spare)) return
      this.seedBroker = first
      await spare.disconnect()
    }

    async #ownBroker(nodeId: string): Promise<Broker> {
      const { host, port, rack } = this.seedBroker?.connectionPool ?? {}
      return this.createBroker({
        logger: this.rootLogger,
        versions: this.versions,
        connectionPool: await this.connectionPoolBuilder.build({ host, port, rack }),
        nodeId,
      })
    }
  }
}
