import assert from 'node:assert/strict'
import * as fetchReconnect from '../../../../lib/kafka/hardening/fetch-reconnect'
import { kafkajsWith } from '../../../support/kafkajs-modules'

interface ConnectionPool {
  pool: unknown[]
  send(request: object): Promise<unknown>
}

const FETCH = { request: { apiKey: 1 } }
const HEARTBEAT = { request: { apiKey: 12 } }

/** A connection that may be made, and is closed by each request if the service wants that. */
class Connection {
  dials = 0
  isClosedByRequests = true
  #isConnected = false

  isConnected(): boolean {
    return this.#isConnected
  }

  connect(): Promise<void> {
    this.dials++
    this.#isConnected = true
    return Promise.resolve()
  }

  send(): Promise<void> {
    if (!this.isClosedByRequests) return Promise.resolve()
    this.#isConnected = false
    return Promise.reject(new Error('closed'))
  }
}

function poolWith(isFixed: boolean, connections: readonly Connection[]): ConnectionPool {
  const modules = isFixed ? kafkajsWith(fetchReconnect) : kafkajsWith()
  const Pool = modules.load(fetchReconnect.file) as new (options: object) => ConnectionPool
  const logger = { namespace: () => logger }
  const pool = new Pool({ logger })
  pool.pool = [...connections]
  return pool
}

describe('kafka/hardening/fetch-reconnect', () => {
  const realSetTimeout = globalThis.setTimeout
  const realRandom = Math.random
  let rests: number[]

  beforeEach(() => {
    rests = []
    Math.random = () => 0
    globalThis.setTimeout = ((end: () => void, milliseconds: number) => {
      rests.push(milliseconds)
      queueMicrotask(end)
      return { unref: () => undefined }
    }) as unknown as typeof setTimeout
  })

  afterEach(() => {
    globalThis.setTimeout = realSetTimeout
    Math.random = realRandom
  })

  async function sendsInVain(pool: ConnectionPool, request: object, times: number): Promise<void> {
    for (let time = 0; time < times; time++) await assert.rejects(pool.send(request), /closed/)
  }

  it('stock: makes a connection that each fetch closes again and again without a rest', async () => {
    const connection = new Connection()
    await sendsInVain(poolWith(false, [new Connection(), connection]), FETCH, 20)
    assert.equal(connection.dials, 20)
    assert.deepEqual(rests, [])
  })

  it('fixed: rests longer and longer, until a fetch is answered', async () => {
    const connection = new Connection()
    const pool = poolWith(true, [new Connection(), connection])
    await sendsInVain(pool, FETCH, 8)
    assert.deepEqual(rests, [300, 600, 1200, 2400, 4800, 5000, 5000])
    connection.isClosedByRequests = false
    await pool.send(FETCH)
    rests = []
    // The first one closes the connection that is there.
    connection.isClosedByRequests = true
    await sendsInVain(pool, FETCH, 3)
    assert.deepEqual(rests, [300])
  })

  it('fixed: lets all else have its connection at once', async () => {
    const pool = poolWith(true, [new Connection(), new Connection()])
    await sendsInVain(pool, HEARTBEAT, 20)
    assert.deepEqual(rests, [])
  })
})
