import assert from 'node:assert/strict'
import { SlsKafkaError } from '../../../lib/errors'
import {
  closedAtLogin,
  closedByService,
  silenceError,
} from '../../../lib/kafka/connection/connection-errors'
import { BrokerError } from '../../../lib/kafka/cluster/error-codes'
import {
  endsGeneration,
  endsMembership,
  prepareRetry,
  errorAction,
  type ErrorAction,
} from '../../../lib/kafka/cluster/error-actions'
import { type Api, UnsupportedApiError, APIS } from '../../../lib/kafka/protocol'

const ALL = Object.keys(APIS) as Api[]

/** Codes by reaction; `others` is a code that no client knows. */
type Expected = Partial<Record<ErrorAction, readonly (number | 'others')[]>>

const UNKNOWN_CODE = 999

const MOVED = [3, 5, 6, 9, 56, 74, 75]
const FORBIDDEN = [17, 24, 29, 30, 31, 35, 42]
const GROUP_SETTINGS = [23, 26, 81, 82]

const TABLE: Record<Api, Expected> = {
  Produce: {
    'refresh-metadata': MOVED,
    retry: [2, 7, 8, 13, 19, 20, 41, 89, -1],
    split: [10, 18, 32, 87],
    refused: [21, 43, 44, 76, 'others'],
    end: FORBIDDEN,
  },
  Fetch: {
    'reset-position': [1],
    'refresh-metadata': [...MOVED, 100],
    backoff: [2, 4, 7, 10, 13, 70, 71, 76, 78, -1, 'others'],
    retry: [89],
    end: FORBIDDEN,
  },
  ListOffsets: {
    absent: [1, 3, 43],
    'refresh-metadata': MOVED.filter((code) => code !== 3),
    retry: [7, 13, 76, 78, 89, -1, 'others'],
    end: FORBIDDEN,
  },
  Metadata: { ok: [9], retry: [3, 5, 6, 7, 13, 89, -1, 'others'], end: FORBIDDEN },
  FindCoordinator: { retry: [7, 14, 15, 16, 89, -1, 'others'], end: FORBIDDEN },
  OffsetFetch: {
    'refresh-metadata': MOVED,
    'find-coordinator': [14, 15, 16],
    rejoin: [22],
    'rejoin-as-new': [25],
    absent: [69],
    retry: [7, 88, 89, -1, 'others'],
    end: FORBIDDEN,
  },
  OffsetCommit: {
    'refresh-metadata': MOVED,
    'find-coordinator': [14, 15, 16],
    rejoin: [22, 27],
    'rejoin-as-new': [25],
    backoff: [12, 28],
    retry: [7, 13, 89, -1, 'others'],
    end: [...FORBIDDEN, ...GROUP_SETTINGS],
  },
  JoinGroup: {
    'member-id-required': [79],
    'find-coordinator': [14, 15, 16],
    rejoin: [22, 27],
    'rejoin-as-new': [25],
    retry: [7, 89, -1, 'others'],
    end: [...FORBIDDEN, ...GROUP_SETTINGS],
  },
  SyncGroup: {
    'find-coordinator': [14, 15, 16],
    rejoin: [7, 22, 27, -1, 'others'],
    'rejoin-as-new': [25],
    retry: [89],
    end: [...FORBIDDEN, ...GROUP_SETTINGS],
  },
  Heartbeat: {
    'find-coordinator': [14, 15, 16],
    rejoin: [22, 27],
    'rejoin-as-new': [25],
    retry: [7, 89, -1, 'others'],
    end: [...FORBIDDEN, ...GROUP_SETTINGS],
  },
  LeaveGroup: {
    ok: [22, 25, 69],
    'find-coordinator': [14, 15, 16],
    retry: [7, 27, 89, -1, 'others'],
    end: FORBIDDEN,
  },
  DescribeGroups: {
    'find-coordinator': [14, 15, 16],
    absent: [69],
    retry: [7, 89, -1, 'others'],
    end: FORBIDDEN,
  },
  ListGroups: { retry: [7, 14, 15, 89, -1, 'others'], end: FORBIDDEN },
  DescribeConfigs: { absent: [3], retry: [7, 89, -1, 'others'], end: FORBIDDEN },
  ApiVersions: { 'new-connection': [-1, 'others'], end: [35] },
  SaslHandshake: { 'new-connection': [34, -1, 'others'], end: [33, 35] },
  SaslAuthenticate: { 'new-connection': [34, -1, 'others'], end: [35, 58] },
}

describe('kafka/error-actions: the table', () => {
  for (const [api, expected] of Object.entries(TABLE) as [Api, Expected][]) {
    for (const [reaction, codes] of Object.entries(expected)) {
      it(`answers ${api} ${codes.join(', ')} with ${reaction}`, () => {
        for (const code of codes) {
          const number = code === 'others' ? UNKNOWN_CODE : code
          assert.equal(errorAction(api, number), reaction, `code ${number}`)
        }
      })
    }
  }

  it('has a reaction to every code of every API, and none to success', () => {
    for (const api of ALL) {
      assert.equal(errorAction(api, 0), 'ok')
      for (let code = -2; code < 200; code++) {
        assert.equal(typeof errorAction(api, code), 'string', `${api} ${code}`)
      }
    }
  })

  it('never takes a code that it does not know for success, or for the end', () => {
    for (const api of ALL) {
      assert.ok(!['ok', 'absent', 'end'].includes(errorAction(api, UNKNOWN_CODE)), api)
    }
  })

  it('makes another connection where the login does not hold any longer', () => {
    const others = ALL.filter((api) => api !== 'SaslAuthenticate')
    for (const api of others) {
      assert.equal(errorAction(api, 34), 'new-connection', api)
      assert.equal(errorAction(api, 58), 'new-connection', api)
    }
  })
})

const LATER_APIS: readonly Api[] = ['Fetch', 'Heartbeat', 'JoinGroup', 'OffsetCommit', 'Metadata']

describe('kafka/error-actions', () => {
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
