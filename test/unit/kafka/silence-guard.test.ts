import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { FrameCounter, guardSilence } from '../../../lib/kafka/silence-guard'

const FETCH = 1
const JOIN_GROUP = 11
const LIMITS = { request: 50, groupWait: 400 }

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

  it('leaves a socket alone that owes nothing', async () => {
    socket.write(request(FETCH))
    const other = await peer
    other.write(answer(3))
    await once(socket, 'data')
    assert.equal(socket.timeout, 0)
  })

  it('lets a joining member wait for the group', async () => {
    socket.write(request(JOIN_GROUP))
    assert.equal(socket.timeout, LIMITS.groupWait)
    ;(await peer).write(answer(3))
    await once(socket, 'data')
    assert.equal(socket.timeout, 0)
  })

  it('goes on waiting while an answer is still arriving', async () => {
    socket.write(request(FETCH))
    ;(await peer).write(answer(1000).subarray(0, 500))
    await once(socket, 'data')
    assert.equal(socket.timeout, LIMITS.request)
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
