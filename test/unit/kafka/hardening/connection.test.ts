import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import * as cleanReconnect from '../../../../lib/kafka/hardening/clean-reconnect'
import * as oneSocket from '../../../../lib/kafka/hardening/one-socket'
import { kafkajsWith, type Fix } from '../../../support/kafkajs-modules'

interface Connection {
  readonly requestQueue: { destroy(): void }
  connect(): Promise<boolean>
  disconnect(): Promise<boolean>
  isConnected(): boolean
  send(protocol: object): Promise<unknown>
  sendAuthRequest(protocol: object): Promise<unknown>
}

interface Copy {
  readonly Connection: new (options: object) => Connection
  readonly Encoder: new () => object
}

function copyWith(...fixes: readonly Fix[]): Copy {
  const modules = kafkajsWith(...fixes)
  return {
    Connection: modules.load(oneSocket.file) as Copy['Connection'],
    Encoder: modules.load('src/protocol/encoder.js') as Copy['Encoder'],
  }
}

const stock = copyWith()
const singleSocket = copyWith(oneSocket)
const clean = copyWith(cleanReconnect)

const API_VERSIONS = 18
const SOON = 300

function frame(correlationId: number, body: string): Buffer {
  const bytes = Buffer.alloc(8 + body.length)
  bytes.writeInt32BE(4 + body.length, 0)
  bytes.writeInt32BE(correlationId, 4)
  bytes.write(body, 8)
  return bytes
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** What a promise came to, or `pending`. */
async function outcome(work: Promise<unknown>): Promise<string> {
  const settled = work.then(
    (value) => `resolved ${String(value)}`,
    (error: unknown) => `rejected ${(error as Error).message}`,
  )
  return Promise.race([settled, pause(SOON).then(() => 'pending')])
}

describe('kafka/hardening: a connection', () => {
  let server: Server
  let accepted: Socket[]
  let dialled: Socket[]
  let connections: Connection[]
  let onRequest: (socket: Socket, request: Buffer) => void

  beforeEach(async () => {
    accepted = []
    dialled = []
    connections = []
    onRequest = () => undefined
    server = createServer({ allowHalfOpen: true }, (socket) => {
      accepted.push(socket)
      socket.on('error', () => undefined)
      socket.on('data', (request) => {
        onRequest(socket, request)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })

  afterEach(async () => {
    for (const socket of [...accepted, ...dialled]) socket.destroy()
    // Its timer never ends by itself (idle-timer.ts).
    for (const { requestQueue } of connections) requestQueue.destroy()
    server.close()
    await once(server, 'close')
  })

  function connectionOf(copy: Copy): Connection {
    const silent = (): void => undefined
    const { port } = server.address() as AddressInfo
    const connection = new copy.Connection({
      host: '127.0.0.1',
      port,
      logger: { namespace: () => ({ debug: silent, error: silent, warn: silent }) },
      connectionTimeout: 5000,
      requestTimeout: 5000,
      enforceRequestTimeout: false,
      socketFactory: ({ onConnect }: { onConnect: () => void }) => {
        const socket = connect(port, '127.0.0.1', onConnect)
        dialled.push(socket)
        return socket
      },
    })
    connections.push(connection)
    return connection
  }

  const response = {
    decode: (bytes: Buffer) => Promise.resolve(bytes),
    parse: (bytes: Buffer) => Promise.resolve(bytes.toString()),
  }

  function requestOf({ Encoder }: Copy): object {
    const encode = (): Promise<object> => Promise.resolve(new Encoder())
    const request = { apiKey: API_VERSIONS, apiVersion: 0, apiName: 'ApiVersions', encode }
    return { request, response }
  }

  const live = (): Socket[] => dialled.filter((socket) => !socket.destroyed)

  describe('that several ask for at once', () => {
    async function askTwice(copy: Copy): Promise<number> {
      const connection = connectionOf(copy)
      await Promise.all([connection.connect(), connection.connect()])
      return dialled.length
    }

    it('stock: dials for each', async () => {
      assert.equal(await askTwice(stock), 2)
    })

    it('fixed: dials once', async () => {
      assert.equal(await askTwice(singleSocket), 1)
    })
  })

  describe('of which a forgotten socket ends', () => {
    it('stock: drops the live one', async () => {
      const connection = connectionOf(stock)
      await Promise.all([connection.connect(), connection.connect()])
      accepted[0]?.end()
      await pause(SOON)
      assert.equal(connection.isConnected(), false)
    })

    it('fixed: has none', async () => {
      const connection = connectionOf(singleSocket)
      await Promise.all([connection.connect(), connection.connect()])
      await connection.disconnect()
      await connection.connect()
      accepted[0]?.end()
      await pause(SOON)
      assert.equal(connection.isConnected(), true)
      assert.equal(live().length, 1)
    })
  })

  it('fixed: tells at once that it was ended while it was being made', async () => {
    const connection = connectionOf(singleSocket)
    const connected = outcome(connection.connect())
    await connection.disconnect()
    assert.match(await connected, /^rejected .*disconnected while connecting/)
    assert.equal(live().length, 0)
  })

  describe('that is ended while the peer does not answer', () => {
    async function end(copy: Copy): Promise<number> {
      const connection = connectionOf(copy)
      await connection.connect()
      while (accepted.length === 0) await pause(1)
      await connection.disconnect()
      await pause(SOON)
      return live().length
    }

    it('stock: keeps its socket', async () => {
      assert.equal(await end(stock), 1)
    })

    it('fixed: destroys it', async () => {
      assert.equal(await end(singleSocket), 0)
    })
  })

  describe('that breaks within an answer', () => {
    async function askAgain(copy: Copy): Promise<string> {
      const connection = connectionOf(copy)
      await connection.connect()
      onRequest = (socket) => {
        socket.write(frame(0, 'half an answer').subarray(0, 12))
        setTimeout(() => socket.resetAndDestroy(), 50)
      }
      await assert.rejects(connection.send(requestOf(copy)))
      onRequest = (socket) => socket.write(frame(1, 'whole'))
      await connection.connect()
      return outcome(connection.send(requestOf(copy)))
    }

    it('stock: understands nothing on the next socket', async () => {
      assert.equal(await askAgain(stock), 'pending')
    })

    it('fixed: begins anew', async () => {
      assert.equal(await askAgain(clean), 'resolved whole')
    })
  })

  describe('that breaks during a login', () => {
    async function login(copy: Copy): Promise<string> {
      const connection = connectionOf(copy)
      await connection.connect()
      onRequest = (socket) => socket.resetAndDestroy()
      const login = { request: { encode: () => Buffer.from('secret') }, response }
      return outcome(connection.sendAuthRequest(login))
    }

    it('stock: waits for ever', async () => {
      assert.equal(await login(stock), 'pending')
    })

    it('fixed: fails with what happened', async () => {
      assert.match(await login(clean), /^rejected .*ECONNRESET/)
    })
  })
})
