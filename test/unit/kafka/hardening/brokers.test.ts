import assert from 'node:assert/strict'
import * as brokers from '../../../../lib/kafka/hardening/brokers'
import { kafkajsWith } from '../../../support/kafkajs-modules'

interface Broker {
  readonly connectionPool: object
}

interface BrokerPool {
  brokers: Record<string, Broker>
  connect(): Promise<void>
  refreshMetadata(topics: string[]): Promise<void>
  removeBroker(address: { host: string; port: number }): void
  disconnect(): Promise<void>
}

interface ConnectionPool {
  isOpen: boolean
}

const ADDRESS = { host: 'p.cn-test.log.aliyuncs.com', port: 10012, rack: null }

interface Rig {
  readonly pool: BrokerPool
  readonly built: ConnectionPool[]
  /** The service goes, and while it is gone the list of nodes is asked for once. */
  outage(): Promise<void>
}

/** Connected to a service that names three nodes, all at one address. */
async function connected(isFixed: boolean): Promise<Rig> {
  const modules = isFixed ? kafkajsWith(brokers) : kafkajsWith()
  const Pool = modules.load(brokers.file) as new (options: object) => BrokerPool
  const silent = (): void => undefined
  const built: ConnectionPool[] = []
  let tries = 0
  let isGone = false
  const pool = new Pool({
    logger: { namespace: () => ({ debug: silent, error: silent }) },
    metadataMaxAge: 60_000,
    retry: { retries: 2, initialRetryTime: 1 },
    connectionPoolBuilder: {
      build: () => {
        const connectionPool = {
          ...ADDRESS,
          connectionTimeout: 1000,
          isOpen: false,
          isConnected: () => connectionPool.isOpen,
          isAuthenticated: () => true,
          destroy: () => {
            connectionPool.isOpen = false
            return Promise.resolve()
          },
        }
        built.push(connectionPool)
        return Promise.resolve(connectionPool)
      },
    },
  })
  // Of this copy of kafkajs only.
  const Broker = modules.load('src/broker/index.js') as { prototype: object }
  Object.assign(Broker.prototype, {
    connect(this: { connectionPool: ConnectionPool }) {
      // All nodes, the first address, and when that is tried again, the service is back.
      if (isGone && ++tries > 4) isGone = false
      this.connectionPool.isOpen = !isGone
      if (!isGone) return Promise.resolve()
      const error = Object.assign(new Error('refused'), { retriable: true })
      return Promise.reject(Object.assign(error, { name: 'KafkaJSConnectionError' }))
    },
    metadata: () =>
      Promise.resolve({
        brokers: [1, 2, 3].map((nodeId) => ({ ...ADDRESS, nodeId })),
        topicMetadata: [],
      }),
  })
  await pool.connect()
  await pool.refreshMetadata(['t'])
  return {
    pool,
    built,
    outage: async () => {
      for (const connectionPool of built) connectionPool.isOpen = false
      tries = 0
      isGone = true
      await pool.refreshMetadata(['t'])
    },
  }
}

/** Connections that no node has. */
function spare({ pool, built }: Rig): number {
  const used = Object.values(pool.brokers).map(({ connectionPool }) => connectionPool)
  return built.filter((one) => one.isOpen && !used.includes(one)).length
}

function connectionPools({ brokers }: BrokerPool): number {
  return new Set(Object.values(brokers).map(({ connectionPool }) => connectionPool)).size
}

describe('kafka/hardening/brokers', () => {
  it('stock: lets the nodes at one address share their connections', async () => {
    assert.equal(connectionPools((await connected(false)).pool), 1)
  })

  it('fixed: gives each its own, once', async () => {
    const { pool, built } = await connected(true)
    assert.equal(connectionPools(pool), 3)
    await pool.refreshMetadata(['t'])
    assert.equal(built.length, 3)
  })

  it('stock: forgets a broker of which one connection was closed', async () => {
    const { pool } = await connected(false)
    pool.removeBroker(ADDRESS)
    assert.equal(Object.keys(pool.brokers).length, 2)
  })

  it('fixed: keeps it', async () => {
    const { pool, built } = await connected(true)
    pool.removeBroker(ADDRESS)
    await pool.refreshMetadata(['t'])
    assert.deepEqual(Object.keys(pool.brokers), ['1', '2', '3'])
    assert.equal(built.length, 3)
  })

  it('stock: keeps the connection by which it came back from an outage beside the others', async () => {
    const rig = await connected(false)
    await rig.outage()
    assert.equal(spare(rig), 1)
  })

  it('fixed: closes it, outage after outage, and goes on with those of the nodes', async () => {
    const rig = await connected(true)
    for (let round = 0; round < 3; round++) {
      await rig.outage()
      assert.equal(spare(rig), 0)
      assert.equal(connectionPools(rig.pool), 3)
    }
    await rig.pool.refreshMetadata(['t'])
    assert.equal(connectionPools(rig.pool), 3)
  })
})
