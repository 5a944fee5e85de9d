import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { makeCertificate, type Certificate } from '../../../tools/emulator/certificate'
import type { Broker } from '../../../lib/kafka/cluster/brokers'
import {
  BrokerConnections,
  type ConnectionPurpose,
} from '../../../lib/kafka/cluster/broker-connections'
import type { Connection } from '../../../lib/kafka/connection/connection'
import { PROJECT } from '../../../tools/shared/consumer-options'
import { ManualClock } from '../../support/manual-clock'
import { ScriptedBroker, authenticated } from '../../support/scripted-broker'

const SPAN_MS = 30_000
const STEP_MS = 100

describe('kafka/broker-connections', () => {
  let certificate: Certificate
  let clock: ManualClock
  let server: ScriptedBroker
  let broker: Broker
  let connections: BrokerConnections
  let errors: unknown[]

  before(async () => {
    certificate = await makeCertificate('localhost')
  })

  beforeEach(async () => {
    clock = new ManualClock()
    server = await ScriptedBroker.start({ certificate })
    broker = { nodeId: 1, host: '127.0.0.1', port: server.port }
    errors = []
    connect(server.project)
  })

  afterEach(async () => {
    connections.close()
    await server.stop()
    await clock.settle()
    assert.equal(clock.pending, 0, 'a timer was left')
  })

  function connect(project: typeof PROJECT): void {
    connections = new BrokerConnections({ project, clientId: 'c', clock }, (event) => {
      if (event.type === 'failed') errors.push(event.error)
    })
  }

  const logins = (): number => server.log.filter((api) => api === 'SaslAuthenticate').length

  const open = (purpose: ConnectionPurpose = 'main'): Promise<Connection> =>
    connections.get(broker, purpose)

  /** A new connection, as soon as the backoff allows it. */
  async function openRested(): Promise<Connection> {
    const opening = open()
    // It can fail before it is awaited.
    opening.catch(() => undefined)
    while (connections.isInBackoff(broker, 'main')) await clock.advance(STEP_MS)
    return opening
  }

  /** The service closes the connection, and the client has noticed. */
  async function closeByService(connection: Connection): Promise<void> {
    const ended = new Promise((resolve) => {
      connection.onEnd(resolve)
    })
    for (const socket of server.sockets) socket.destroy()
    await ended
  }

  /**
   * Asks for a connection again and again for 30 s, as a loop without a backoff of its own does.
   *
   * @param use is awaited with each connection
   */
  async function insist(use: (connection: Connection) => Promise<void>): Promise<void> {
    const endMs = clock.monotonic() + SPAN_MS
    while (clock.monotonic() < endMs) {
      await openRested().then(use, () => undefined)
      // A refused login is no attempt, and takes no time.
      await clock.advance(STEP_MS)
    }
  }

  it('keeps one connection for each purpose, also for those who ask at the same time', async () => {
    const [one, other] = await Promise.all([open(), open()])
    assert.equal(one, other)
    assert.equal(await open(), one)
    assert.notEqual(await open('fetch'), one)
    assert.equal(logins(), 2)
    assert.equal(connections.openConnection(broker, 'main'), one)
    assert.equal(connections.openConnection(broker, 'spare'), null)
    assert.equal(connections.open.length, 2)
  })

  it('shares the main connection of an address among node ids, and keeps their fetches apart', async () => {
    const alias = { ...broker, nodeId: 2 }
    assert.equal(await connections.get(alias, 'main'), await open())
    assert.notEqual(await connections.get(alias, 'fetch'), await open('fetch'))
  })

  it('opens a new connection after the last one ended', async () => {
    const first = await open()
    await clock.advance(10_000)
    await closeByService(first)
    assert.equal(connections.openConnection(broker, 'main'), null)
    assert.notEqual(await open(), first)
  })

  it('refuses a host outside the domain of the endpoint, without a connection', async () => {
    connect({ ...server.project, address: PROJECT.address })
    await assert.rejects(open(), { code: 'SLS_UNEXPECTED_BROKER' })
    assert.deepEqual(server.log, [])
    assert.deepEqual(errors, [])
  })

  it('makes at most 12 connections in 30 s to an address that refuses them', async () => {
    await server.stop()
    await insist(() => assert.fail('a connection was made'))
    assert.ok(errors.length >= 8 && errors.length <= 12, `${errors.length} attempts`)
    server = await ScriptedBroker.start({ certificate, port: broker.port })
  })

  it('makes at most 12 connections in 30 s to a broker that closes each one', async () => {
    await insist(closeByService)
    assert.ok(logins() >= 8 && logins() <= 12, `${logins()} connections`)
  })

  it('asks for at most 5 logins in 30 s while they are refused', async () => {
    server.on('SaslAuthenticate', (request) => {
      request.respond(authenticated(request.version, 0, 58, 'wrong key'))
    })
    await insist(() => assert.fail('a connection was made'))
    assert.ok(logins() >= 3 && logins() <= 5, `${logins()} logins`)
    assert.equal(errors.length, logins(), 'each refusal is reported once')
  })

  it('rejects with the refusal of the login until the next one is due, for every broker', async () => {
    server.on('SaslAuthenticate', (request) => {
      request.respond(authenticated(request.version, 0, 58, 'wrong key'))
    })
    const refusal = (error: unknown): boolean => {
      const { cause } = error as { cause?: { api?: unknown; errorCode?: unknown } }
      assert.deepEqual([cause?.api, cause?.errorCode], ['SaslAuthenticate', 58])
      return true
    }
    await assert.rejects(open(), refusal)
    await assert.rejects(open('fetch'), refusal)
    await assert.rejects(connections.get({ ...broker, host: 'localhost' }, 'main'), refusal)
    assert.equal(logins(), 1)
    server.on('SaslAuthenticate', (request) => {
      request.respond(authenticated(request.version, 0))
    })
    await clock.advance(2_500)
    await open()
  })

  it('rests after a connection that was closed soon, and not after one that was stable', async () => {
    await closeByService(await open())
    assert.equal(connections.isInBackoff(broker, 'main'), true)
    const stable = await openRested()
    assert.equal(connections.isInBackoff(broker, 'main'), false)
    await clock.advance(10_000)
    await closeByService(stable)
    assert.equal(connections.isInBackoff(broker, 'main'), false)
  })

  it('restarts the backoff after a stable connection', async () => {
    for (let failure = 0; failure < 4; failure++) await closeByService(await openRested())
    const stable = await openRested()
    await clock.advance(10_000)
    await closeByService(stable)
    await closeByService(await openRested())
    await clock.advance(500)
    assert.equal(connections.isInBackoff(broker, 'main'), false)
  })

  it('rests each purpose and each broker by itself', async () => {
    await closeByService(await open())
    assert.equal(connections.isInBackoff(broker, 'main'), true)
    assert.equal(connections.isInBackoff(broker, 'fetch'), false)
    assert.equal(connections.isInBackoff({ ...broker, host: 'localhost' }, 'main'), false)
    await open('fetch')
  })

  it('reports why a connection broke while a response was pending, and no close of an idle one', async () => {
    await closeByService(await open())
    assert.deepEqual(errors, [])
    const failure = new Error('silent')
    ;(await open('fetch')).end(failure)
    assert.deepEqual(errors, [failure])
  })

  it('ends connections and attempts when the client closes', async () => {
    const connection = await open()
    await closeByService(await open('fetch'))
    const waiting = assert.rejects(open('fetch'), { message: 'the client was closed' })
    server.on('ApiVersions', () => undefined)
    const dialling = assert.rejects(open('spare'), { message: 'the client was closed' })
    connections.close()
    await waiting
    await dialling
    assert.equal(connection.isOpen, false)
    await assert.rejects(open(), { message: 'the client was closed' })
    const ends = [...server.sockets].map((socket: Socket) => once(socket, 'close'))
    await Promise.all(ends)
    assert.deepEqual(errors, [])
  })
})
