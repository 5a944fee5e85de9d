import assert from 'node:assert/strict'
import { SlsKafkaError } from '../../../lib/errors'
import { closedAtLogin, closedByService, silenceError } from '../../../lib/kafka/connection-errors'
import { BrokerError } from '../../../lib/kafka/error-codes'
import { endsGeneration, endsMembership, prepareRetry } from '../../../lib/kafka/failures'
import type { Api } from '../../../lib/kafka/protocol'
import { UnsupportedApiError } from '../../../lib/kafka/unsupported-api'

const LATER_APIS: readonly Api[] = ['Fetch', 'Heartbeat', 'JoinGroup', 'OffsetCommit', 'Metadata']

describe('kafka/failures', () => {
  it('ends the membership for what only a person can change', () => {
    const address = 'one.test:9093'
    const ours = { least: 1, greatest: 2 }
    for (const error of [
      new SlsKafkaError('SLS_UNEXPECTED_BROKER'),
      new UnsupportedApiError({ api: 'Fetch', ours, theirs: null, address }),
      new BrokerError('SaslAuthenticate', 58),
      new BrokerError('SaslHandshake', 33),
      new BrokerError('JoinGroup', 30),
      new Error('wrapped', { cause: new BrokerError('Fetch', 29) }),
    ]) {
      assert.equal(endsMembership(error), true, error.message)
    }
  })

  it('keeps the membership for what may be over by itself', () => {
    for (const error of [
      closedByService(),
      closedAtLogin(),
      silenceError(),
      new BrokerError('JoinGroup', 25),
      new BrokerError('Fetch', 999),
      'text',
      null,
    ]) {
      assert.equal(endsMembership(error), false, String(error))
    }
  })

  it('keeps the membership when a connection is not logged in any more: the next login decides', () => {
    for (const api of LATER_APIS) {
      for (const errorCode of [34, 58]) {
        assert.equal(endsMembership(new BrokerError(api, errorCode)), false, `${api} ${errorCode}`)
      }
    }
  })

  it('ends the generation when the group refuses the member or its generation', () => {
    for (const errorCode of [22, 25, 27]) {
      assert.equal(endsGeneration(new BrokerError('Heartbeat', errorCode)), true)
      assert.equal(endsGeneration(new BrokerError('OffsetCommit', errorCode)), true)
    }
    for (const errorCode of [14, 15, 16, 7, -1, 999]) {
      assert.equal(endsGeneration(new BrokerError('Heartbeat', errorCode)), false)
    }
  })

  describe('prepareRetry', () => {
    function prepared(error: unknown, group: string | null = 'g'): string[] {
      const calls: string[] = []
      const cluster = {
        forgetCoordinator: (name: string) => calls.push(`forget ${name}`),
        endConnections: ({ message }: Error) => calls.push(`end: ${message}`),
      }
      prepareRetry(cluster, error, group)
      return calls
    }

    it('looks the coordinator up again if its connection failed, or if it is no longer the one', () => {
      assert.deepEqual(prepared(closedByService()), ['forget g'])
      assert.deepEqual(prepared(new BrokerError('Heartbeat', 16)), ['forget g'])
      assert.deepEqual(prepared(new BrokerError('Heartbeat', 7)), [])
    })

    it('ends the connections whose login holds no longer', () => {
      assert.deepEqual(prepared(new BrokerError('OffsetFetch', 34, 'log in again')), [
        'end: log in again',
      ])
    })

    it('looks up no coordinator for a request to another broker', () => {
      assert.deepEqual(prepared(closedByService(), null), [])
    })
  })
})
