import assert from 'node:assert/strict'
import { makeCertificate, type Certificate } from '../../../tools/emulator/certificate'
import { marksOf } from '../../../lib/errors'
import { Connection } from '../../../lib/kafka/connection/connection'
import { LoginFailedError } from '../../../lib/kafka/connection/connection-errors'
import { BrokerError } from '../../../lib/kafka/cluster/error-codes'
import { heartbeat, listGroups } from '../../../lib/kafka/group/group-requests'
import { meaningOf } from '../../../lib/sls/error-meanings'
import { ManualClock } from '../../support/manual-clock'
import {
  authenticated,
  beat,
  groupList,
  mechanisms,
  ScriptedBroker,
  type BrokerScript,
} from '../../support/scripted-broker'

const TOKEN = '\0shop-prod\0LTAI5tABCDEFGHIJKLMN9xQ#secret'

describe('kafka/connection login', () => {
  let certificate: Certificate
  let clock: ManualClock
  let broker: ScriptedBroker

  before(async () => {
    certificate = await makeCertificate('localhost')
  })

  afterEach(async () => {
    await broker.stop()
    assert.equal(clock.pending, 0, 'a timer was left')
  })

  async function started(script: Partial<BrokerScript> = {}): Promise<void> {
    clock = new ManualClock()
    broker = await ScriptedBroker.start({ certificate, ...script })
  }

  function open(): Promise<Connection> {
    const { address, project } = broker
    return Connection.open(
      { address, project, clientId: 'client', clock },
      new AbortController().signal,
    )
  }

  it('keeps the text of a refusal, which means a wrong AccessKey', async () => {
    await started()
    broker.on('SaslAuthenticate', (request) => {
      request.respond(authenticated(request.version, 0, 58, 'no such AccessKey'))
      request.socket.end()
    })
    await assert.rejects(open(), (error) => {
      assert.ok(error instanceof LoginFailedError && error.cause instanceof BrokerError)
      assert.equal(error.message, 'no such AccessKey')
      assert.equal(error.cause.type, 'SASL_AUTHENTICATION_FAILED')
      assert.equal(meaningOf(marksOf(error)), 'SLS_AUTH_FAILED')
      return true
    })
  })

  for (const api of ['SaslHandshake', 'SaslAuthenticate'] as const) {
    it(`takes a connection that is closed at ${api} for a refusal`, async () => {
      await started()
      broker.on(api, ({ socket }) => {
        socket.end()
      })
      await assert.rejects(open(), (error: Error) => {
        assert.equal(error.message, 'Connection closed by the server')
        assert.equal(meaningOf(marksOf(error)), 'SLS_AUTH_FAILED')
        return true
      })
    })
  }

  it('takes a connection that is closed at ApiVersions for a service that is not reachable', async () => {
    await started()
    broker.on('ApiVersions', ({ socket }) => {
      socket.end()
    })
    await assert.rejects(open(), (error: Error) => {
      assert.equal(meaningOf(marksOf(error)), 'SLS_UNREACHABLE')
      return true
    })
  })

  it('names the mechanisms of a service that does not take PLAIN', async () => {
    await started()
    broker.on('SaslHandshake', (request) => {
      request.respond(mechanisms(33, ['SCRAM-SHA-256', 'GSSAPI']))
    })
    await assert.rejects(open(), /does not take SASL PLAIN .*; it offers SCRAM-SHA-256, GSSAPI$/)
  })

  it('sends the token without a header where SaslAuthenticate is not offered', async () => {
    await started({ greatest: { SaslAuthenticate: -1 } })
    const connection = await open()
    assert.deepEqual(broker.bareTokens.map(String), [TOKEN])
    const groups = connection.send(listGroups())
    ;(await broker.next('ListGroups')).respond(groupList(['a']))
    assert.deepEqual((await groups).groups, ['a'])
    connection.close()
  })

  it('renews the login at 80 % of its lifetime, when nothing is pending', async () => {
    await started()
    broker.lifetimeMs = 10_000
    const connection = await open()
    const member = { group: 'g', generation: 1, memberId: 'm' }
    const beats = connection.send(heartbeat(member), 60_000)
    const pending = await broker.next('Heartbeat')
    await clock.advance(8_000)
    const groups = connection.send(listGroups())
    await clock.settle()
    assert.equal(connection.pendingCount, 2)
    pending.respond(beat())
    await beats
    ;(await broker.next('ListGroups')).respond(groupList([]))
    await groups
    assert.deepEqual(broker.log, [
      'ApiVersions',
      'SaslHandshake',
      'SaslAuthenticate',
      'Heartbeat',
      'SaslHandshake',
      'SaslAuthenticate',
      'ListGroups',
    ])
    connection.close()
  })

  it('ends the connection when a login is not renewed', async () => {
    await started()
    broker.lifetimeMs = 10_000
    const connection = await open()
    broker.on('SaslAuthenticate', (request) => {
      request.respond(authenticated(request.version, 0, 58, 'the AccessKey was disabled'))
    })
    const end = new Promise<Error | null>((resolve) => {
      connection.onEnd(resolve)
    })
    await clock.advance(8_000)
    assert.equal((await end)?.message, 'the AccessKey was disabled')
  })

  it('stops with the reason of the signal, and leaves nothing open', async () => {
    await started()
    const abort = new AbortController()
    broker.on('SaslHandshake', () => {
      abort.abort(new Error('closed by the user'))
    })
    const { address, project } = broker
    const opening = Connection.open({ address, project, clientId: 'c', clock }, abort.signal)
    await assert.rejects(opening, /closed by the user/)
    while (broker.sockets.size > 0) await new Promise((resolve) => setImmediate(resolve))
  })
})
