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
}

const ADDRESS = { host: 'p.cn-test.log.aliyuncs.com', port: 10012, rack: null }

/** Connected to a service that names three nodes, all at one address. */
async function connected(isFixed: boolean): Promise<{ pool: BrokerPool; built: object[] }> {
  const modules = isFixed ? kafkajsWith(brokers) : kafkajsWith()
  const Pool = modules.load(brokers.file) as new (options: object) => BrokerPool
  const silent = (): void => undefined
  const built: object[] = []
  const pool = new Pool({
    logger: { namespace: () => ({ debug: silent, error: silent }) },
    metadataMaxAge: 60_000,
    connectionPoolBuilder: {
      build: () => {
        const connectionPool = {
          ...ADDRESS,
          connectionTimeout: 1000,
          isConnected: () => true,
          isAuthenticated: () => true,
        }
        built.push(connectionPool)
        return Promise.resolve(connectionPool)
      },
    },
  })
  // Of this copy of kafkajs only.
  const Broker = modules.load('src/broker/index.js') as { prototype: object }
  Object.assign(Broker.prototype, {
    connect: () => Promise.resolve(),
    metadata: () =>
      Promise.resolve({
        brokers: [1, 2, 3].map((nodeId) => ({ ...ADDRESS, nodeId })),
        topicMetadata: [],
      }),
  })
  await pool.connect()
  await pool.refreshMetadata(['t'])
  return { pool, built }
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
})
