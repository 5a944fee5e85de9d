import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { makeCertificate, type Certificate } from '../../../tools/emulator/certificate'
import { marksOf } from '../../../lib/errors'
import { dialTls, type Lookup } from '../../../lib/kafka/connection/tls-dial'
import { meaningOf } from '../../../lib/sls/error-meanings'
import { PROJECT } from '../../../tools/shared/consumer-options'
import { ManualClock } from '../../support/manual-clock'
import { ScriptedBroker } from '../../support/scripted-broker'

/** Two addresses of loopback, where no other server listens. */
const FIRST = '127.0.0.2'
const SECOND = '127.0.0.3'

describe('kafka/tls-dial', () => {
  let certificate: Certificate
  let clock: ManualClock
  const stops: (() => unknown)[] = []

  before(async () => {
    certificate = await makeCertificate('localhost')
  })

  beforeEach(() => {
    clock = new ManualClock()
  })

  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop()
    assert.equal(clock.pending, 0, 'a timer was left')
  })

  function dial(port: number, lookup: Lookup, signal = new AbortController().signal) {
    const project = { ...PROJECT, address: null, tls: { ca: certificate.ca } }
    return dialTls({ address: { host: 'localhost', port }, project, clock, lookup }, signal)
  }

  const both: Lookup = () => Promise.resolve([FIRST, SECOND])

  async function broker(host: string, port = 0): Promise<ScriptedBroker> {
    const started = await ScriptedBroker.start({ certificate, host, port })
    stops.push(() => started.stop())
    return started
  }

  /** Takes connections and says nothing on them. */
  async function silent(host: string, port = 0): Promise<{ server: Server; sockets: Socket[] }> {
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      sockets.push(socket)
    })
    server.listen(port, host)
    await once(server, 'listening')
    stops.push(async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    })
    return { server, sockets }
  }

  const portOf = (server: Server): number => (server.address() as AddressInfo).port

  it('takes the next address at once where the first one is refused', async () => {
    const { port } = await broker(SECOND)
    const socket = await dial(port, both)
    assert.equal(socket.remoteAddress, SECOND)
    socket.destroy()
  })

  it('takes the next address after 300 ms where the first one is silent', async () => {
    const { server } = await silent(FIRST)
    await broker(SECOND, portOf(server))
    const connected = once(server, 'connection')
    const dialled = dial(portOf(server), both)
    await connected
    await clock.advance(300)
    const socket = await dialled
    assert.equal(socket.remoteAddress, SECOND)
    socket.destroy()
  })

  it('takes a slow first address although the next one was tried beside it', async () => {
    const slow = await broker('127.0.0.1')
    const { server, sockets } = await silent(FIRST)
    const other = await silent(SECOND, portOf(server))
    const connected = once(server, 'connection')
    const tried = once(other.server, 'connection')
    const dialled = dial(portOf(server), both)
    await connected
    await clock.advance(300)
    await tried
    const { connect } = await import('node:net')
    const tunnel = connect(slow.port, '127.0.0.1')
    stops.push(() => tunnel.destroy())
    sockets[0]?.pipe(tunnel).pipe(sockets[0])
    const socket = await dialled
    assert.equal(socket.remoteAddress, FIRST)
    const [loser] = other.sockets
    if (loser && !loser.closed) {
      loser.resume()
      await once(loser, 'close')
    }
    socket.destroy()
  })

  it('ends a socket on which bytes come before anybody reads it', async () => {
    const server = createTlsServer({ cert: certificate.cert, key: certificate.key }, (socket) => {
      socket.on('error', () => undefined)
      socket.write('unasked')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    stops.push(() => server.close())
    const socket = await dial(portOf(server), () => Promise.resolve(['127.0.0.1']))
    if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
    assert.equal(socket.destroyed, true)
  })

  it('says the reason of every address, with the code of the first', async () => {
    const { server } = await silent('127.0.0.1')
    await assert.rejects(dial(portOf(server), both), (error: Error & { code?: string }) => {
      assert.match(error.message, /ECONNREFUSED 127\.0\.0\.2:\d+; .*ECONNREFUSED 127\.0\.0\.3:\d+/)
      assert.equal(error.code, 'ECONNREFUSED')
      return true
    })
  })

  it('abandons an address after 10 s of silence, and all of them after 15 s', async () => {
    const { server } = await silent(FIRST)
    const connected = once(server, 'connection')
    const dialled = dial(portOf(server), () => Promise.resolve([FIRST]))
    const outcome = assert.rejects(dialled, { code: 'ETIMEDOUT' })
    await connected
    await clock.advance(10_000)
    await outcome

    const unresolved = assert.rejects(
      dial(1, () => new Promise(() => undefined)),
      /no connection to localhost:1 in 15 s/,
    )
    await clock.advance(15_000)
    await unresolved
  })

  it('means a service that is not reachable where it closes before TLS', async () => {
    const { server } = await silent(FIRST)
    server.on('connection', (socket: Socket) => socket.destroy())
    const dialled = dial(portOf(server), () => Promise.resolve([FIRST]))
    await assert.rejects(dialled, (error) => meaningOf(marksOf(error)) === 'SLS_UNREACHABLE')
  })

  it('refuses a certificate for another name', async () => {
    const { port } = await broker('127.0.0.1')
    const project = { ...PROJECT, tls: { ca: certificate.ca } }
    const dialled = dialTls(
      { address: { host: '127.0.0.1', port }, project, clock },
      new AbortController().signal,
    )
    await assert.rejects(dialled, (error) => meaningOf(marksOf(error)) === 'SLS_TLS_FAILED')
  })

  it('connects to an address of IPv6', async () => {
    const { port } = await broker('::1')
    const socket = await dial(port, () => Promise.resolve(['::1']))
    assert.equal(socket.remoteAddress, '::1')
    socket.destroy()
  })

  it('fails with the reason of a name that is not found', async () => {
    const notFound = Object.assign(new Error('getaddrinfo ENOTFOUND localhost'), {
      code: 'ENOTFOUND',
    })
    await assert.rejects(
      dial(1, () => Promise.reject(notFound)),
      notFound,
    )
  })

  it('fails, and does not end the process, where the key of the client cannot be read', async () => {
    const project = { ...PROJECT, address: null, tls: { key: 'no key', cert: 'no certificate' } }
    const options = { address: { host: '127.0.0.1', port: 1 }, project, clock }
    const outcome = assert.rejects(dialTls(options, new AbortController().signal))
    await clock.settle()
    await outcome
  })

  it('stops with the reason of the signal', async () => {
    const { server, sockets } = await silent(FIRST)
    const connected = once(server, 'connection')
    const abort = new AbortController()
    const outcome = assert.rejects(dial(portOf(server), both, abort.signal), /enough/)
    await connected
    abort.abort(new Error('enough'))
    await outcome
    const [socket] = sockets
    if (socket && !socket.closed) {
      socket.resume()
      await once(socket, 'close')
    }
  })
})
