import assert from 'node:assert/strict'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import { SlsKafkaError } from '../../../lib/errors'
import { Dialer } from '../../../lib/kafka/dialer'
import { PROJECT } from '../../support/consumer-options'

function dial(dialer: Dialer, host: string, port = 1): void {
  dialer.socketFactory({ host, port, ssl: {}, onConnect: () => undefined })
}

describe('kafka/dialer', () => {
  it('starts at the project, or at the bootstrap address if there is one', () => {
    const options = { groupWait: 0, onError: () => undefined }
    assert.equal(
      new Dialer({ ...options, project: PROJECT }).seed,
      'shop-prod.cn-hangzhou.log.aliyuncs.com:10012',
    )
    const project = { ...PROJECT, bootstrap: { host: 'localhost', port: 9093 } }
    assert.equal(new Dialer({ ...options, project }).seed, 'localhost:9093')
  })

  it('does not send the AccessKey to a host outside of the endpoint', () => {
    const errors: unknown[] = []
    const dialer = new Dialer({
      project: PROJECT,
      groupWait: 0,
      onError: (error) => errors.push(error),
    })
    assert.throws(
      () => {
        dial(dialer, 'cn-hangzhou.log.aliyuncs.com.example.org')
      },
      (error) => error instanceof SlsKafkaError && error.code === 'SLS_UNEXPECTED_BROKER',
    )
    assert.equal(errors.length, 1)
    dialer.close()
  })

  it('goes to the bootstrap address whatever host the service names', async () => {
    const server = createServer((socket) => socket.destroy())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const connected = once(server, 'connection')
    const dialer = new Dialer({
      project: { ...PROJECT, bootstrap: { host: '127.0.0.1', port } },
      groupWait: 0,
      onError: () => undefined,
    })
    dial(dialer, 'broker-7.example.org', 9092)
    await connected
    dialer.close()
    server.close()
  })

  it('makes no connection any more once it is closed', () => {
    const dialer = new Dialer({ project: PROJECT, groupWait: 0, onError: () => undefined })
    dialer.close()
    assert.throws(() => {
      dial(dialer, 'cn-hangzhou.log.aliyuncs.com')
    }, /closed/)
    assert.equal(dialer.isConnected, false)
  })

  it('ends the connection, not the process, when what comes is not understood', async () => {
    const errors: unknown[] = []
    const socket = dialled(errors)
    const broken = new RangeError('no Kafka')
    socket.on('data', () => {
      throw broken
    })
    socket.emit('data', Buffer.alloc(1))
    assert.equal(socket.destroyed, true)
    await once(socket, 'close').catch(() => undefined)
    assert.deepEqual(errors, [broken])
  })

  it('refuses to connect hundreds of times in a few seconds', () => {
    const errors: unknown[] = []
    const dialer = new Dialer({
      project: { ...PROJECT, bootstrap: { host: '127.0.0.1', port: 1 } },
      groupWait: 0,
      onError: (error) => errors.push(error),
    })
    assert.throws(
      () => {
        for (let times = 0; times < 200; times++) dial(dialer, 'broker-7.example.org')
      },
      (error) => error instanceof SlsKafkaError && error.code === 'SLS_UNREACHABLE',
    )
    assert.equal(errors.length, 1)
    dialer.close()
  })

  /** A socket to nowhere, and what its dialer is told. */
  function dialled(errors: unknown[]): Socket {
    const dialer = new Dialer({
      project: { ...PROJECT, bootstrap: { host: '127.0.0.1', port: 1 } },
      groupWait: 0,
      onError: (error) => errors.push(error),
    })
    return dialer.socketFactory({ host: 'localhost', port: 1, ssl: {}, onConnect: () => undefined })
  }
})
