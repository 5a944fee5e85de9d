import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { FrameCounter, guardSilence } from '../../../lib/kafka/silence-guard'

const FETCH = 1
const JOIN_GROUP = 11
const LIMITS = { request: 100, groupWait: 1_000 }

function request(apiKey: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeInt32BE(4, 0)
  bytes.writeInt16BE(apiKey, 4)
  return bytes
}

function answer(length: number): Buffer {
  const bytes = Buffer.alloc(4 + length)
  bytes.writeInt32BE(length, 0)
  return bytes
}

describe('kafka/silence-guard', () => {
  let server: Server
  let peer: Promise<Socket>
  let socket: Socket

  beforeEach(async () => {
    server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    peer = once(server, 'connection').then(([accepted]) => accepted as Socket)
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.on('error', () => undefined)
    guardSilence(socket, LIMITS)
    await once(socket, 'connect')
  })

  afterEach(async () => {
    socket.destroy()
    ;(await peer).destroy()
    server.close()
    await once(server, 'close')
  })

  it('ends a socket that owes an answer and is silent', async () => {
    socket.write(request(FETCH))
    const [error] = (await once(socket, 'error')) as [Error]
    assert.match(error.message, /stopped answering/)
  })

  it('ends it also if it is written to all the time, as half-open connections are', async () => {
    const writing = setInterval(() => socket.write(request(FETCH)), LIMITS.request / 5)
    try {
      const [error] = (await once(socket, 'error')) as [Error]
      assert.match(error.message, /stopped answering/)
    } finally {
      clearInterval(writing)
    }
  })

  it('leaves a socket alone that owes nothing', async () => {
    socket.write(request(FETCH))
    ;(await peer).write(answer(3))
    await once(socket, 'data')
    await delay(2 * LIMITS.request)
    assert.equal(socket.destroyed, false)
  })

  it('lets a joining member wait for the group, and no other request after that', async () => {
    socket.write(request(FETCH))
    socket.write(request(JOIN_GROUP))
    await delay(4 * LIMITS.request)
    assert.equal(socket.destroyed, false)
    ;(await peer).write(Buffer.concat([answer(3), answer(3)]))
    await once(socket, 'data')
    socket.write(request(FETCH))
    await delay(4 * LIMITS.request)
    assert.equal(socket.destroyed, true)
  })

  for (const length of [100 * 1_048_576 + 1, 2 ** 31 - 1, -5]) {
    it(`ends a socket on which a response of ${length} bytes is announced, at once`, async () => {
      socket.write(request(FETCH))
      const head = Buffer.alloc(4)
      head.writeInt32BE(length)
      const other = await peer
      other.write(head.subarray(0, 3))
      await once(socket, 'data')
      other.write(head.subarray(3))
      const [error] = (await once(socket, 'error')) as [Error & { code: string }]
      assert.match(error.message, new RegExp(`a response of ${length} bytes; at most 104857600`))
      assert.equal(error.code, 'RESPONSE_TOO_LARGE')
    })
  }

  it('goes on waiting while an answer is still arriving', async () => {
    socket.write(request(FETCH))
    const other = await peer
    for (let piece = 0; piece < 6; piece++) {
      await delay(LIMITS.request / 2)
      assert.equal(socket.destroyed, false)
      other.write(piece === 0 ? answer(1000).subarray(0, 500) : Buffer.alloc(50))
    }
    await once(socket, 'error')
  })
})

describe('kafka/silence-guard FrameCounter', () => {
  const stream = Buffer.concat([answer(5), answer(0), answer(300), answer(1)])

  for (const size of [1, 2, 3, 7, 100, stream.length]) {
    it(`counts answers that arrive in pieces of ${size} bytes`, () => {
      const frames = new FrameCounter()
      let complete = 0
      for (let at = 0; at < stream.length; at += size) {
        complete += frames.count(stream.subarray(at, at + size))
      }
      assert.equal(complete, 4)
    })
  }
})
