import assert from 'node:assert/strict'
import { APIS, type Api } from '../../../lib/kafka/protocol'
import { reactionTo, type Reaction } from '../../../lib/kafka/reactions'

const ALL = Object.keys(APIS) as Api[]

/** Codes by reaction; `others` is a code that no client knows. */
type Expected = Partial<Record<Reaction, readonly (number | 'others')[]>>

const UNKNOWN_CODE = 999

const MOVED = [3, 5, 6, 9, 56, 74, 75]
const FORBIDDEN = [17, 24, 29, 30, 31, 35, 42]
const GROUP_SETTINGS = [23, 26, 81, 82]

const TABLE: Record<Api, Expected> = {
  Fetch: {
    'reset-position': [1],
    'refresh-metadata': [...MOVED, 100],
    'back-off': [2, 4, 7, 10, 13, 70, 71, 76, 78, -1, 'others'],
    wait: [89],
    end: FORBIDDEN,
  },
  ListOffsets: {
    absent: [1, 3, 43],
    'refresh-metadata': MOVED.filter((code) => code !== 3),
    retry: [7, 13, 76, 78, -1, 'others'],
    wait: [89],
    end: FORBIDDEN,
  },
  Metadata: { ok: [9], retry: [3, 5, 6, 7, 13, -1, 'others'], wait: [89], end: FORBIDDEN },
  FindCoordinator: { retry: [7, 14, 15, 16, -1, 'others'], wait: [89], end: FORBIDDEN },
  OffsetFetch: {
    'refresh-metadata': MOVED,
    'find-coordinator': [14, 15, 16],
    rejoin: [22],
    'rejoin-as-new': [25],
    absent: [69],
    retry: [7, 88, -1, 'others'],
    wait: [89],
    end: FORBIDDEN,
  },
  OffsetCommit: {
    'refresh-metadata': MOVED,
    'find-coordinator': [14, 15, 16],
    rejoin: [22, 27],
    'rejoin-as-new': [25],
    'back-off': [12, 28],
    retry: [7, 13, -1, 'others'],
    wait: [89],
    end: [...FORBIDDEN, ...GROUP_SETTINGS],
  },
  JoinGroup: {
    'member-id-required': [79],
    'find-coordinator': [14, 15, 16],
    rejoin: [22, 27],
    'rejoin-as-new': [25],
    retry: [7, -1, 'others'],
    wait: [89],
    end: [...FORBIDDEN, ...GROUP_SETTINGS],
  },
  SyncGroup: {
    'find-coordinator': [14, 15, 16],
    rejoin: [7, 22, 27, -1, 'others'],
    'rejoin-as-new': [25],
    wait: [89],
    end: [...FORBIDDEN, ...GROUP_SETTINGS],
  },
  Heartbeat: {
    'find-coordinator': [14, 15, 16],
    rejoin: [22, 27],
    'rejoin-as-new': [25],
    retry: [7, -1, 'others'],
    wait: [89],
    end: [...FORBIDDEN, ...GROUP_SETTINGS],
  },
  LeaveGroup: {
    ok: [22, 25, 69],
    'find-coordinator': [14, 15, 16],
    retry: [7, 27, -1, 'others'],
    wait: [89],
    end: FORBIDDEN,
  },
  DescribeGroups: {
    'find-coordinator': [14, 15, 16],
    absent: [69],
    retry: [7, -1, 'others'],
    wait: [89],
    end: FORBIDDEN,
  },
  ListGroups: { retry: [7, 14, 15, -1, 'others'], wait: [89], end: FORBIDDEN },
  DescribeConfigs: { absent: [3], retry: [7, -1, 'others'], wait: [89], end: FORBIDDEN },
  ApiVersions: { 'new-connection': [-1, 'others'], end: [35] },
  SaslHandshake: { 'new-connection': [34, -1, 'others'], end: [33, 35] },
  SaslAuthenticate: { 'new-connection': [34, -1, 'others'], end: [35, 58] },
}

describe('kafka/reactions', () => {
  for (const [api, expected] of Object.entries(TABLE) as [Api, Expected][]) {
    for (const [reaction, codes] of Object.entries(expected)) {
      it(`answers ${api} ${codes.join(', ')} with ${reaction}`, () => {
        for (const code of codes) {
          const number = code === 'others' ? UNKNOWN_CODE : code
          assert.equal(reactionTo(api, number), reaction, `code ${number}`)
        }
      })
    }
  }

  it('has a reaction to every code of every API, and none to success', () => {
    for (const api of ALL) {
      assert.equal(reactionTo(api, 0), 'ok')
      for (let code = -2; code < 200; code++) {
        assert.equal(typeof reactionTo(api, code), 'string', `${api} ${code}`)
      }
    }
  })

  it('never takes a code that it does not know for success, or for the end', () => {
    for (const api of ALL) {
      assert.ok(!['ok', 'absent', 'end'].includes(reactionTo(api, UNKNOWN_CODE)), api)
    }
  })

  it('makes another connection where the login does not hold any longer', () => {
    const others = ALL.filter((api) => api !== 'SaslAuthenticate')
    for (const api of others) {
      assert.equal(reactionTo(api, 34), 'new-connection', api)
      assert.equal(reactionTo(api, 58), 'new-connection', api)
    }
  })
})
