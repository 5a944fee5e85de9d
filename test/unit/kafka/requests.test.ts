import assert from 'node:assert/strict'
import { Writer } from '../../../tools/emulator/protocol/writer'
import { BrokerError, errorName, errorText } from '../../../lib/kafka/cluster/error-codes'
import { fetchShards } from '../../../lib/kafka/fetch/fetch-request'
import * as group from '../../../lib/kafka/group/group-requests'
import {
  apiVersions,
  saslAuthenticate,
  saslHandshake,
} from '../../../lib/kafka/connection/login-requests'
import { APIS, negotiate, type Api, UnsupportedApiError } from '../../../lib/kafka/protocol'
import { produce } from '../../../lib/kafka/produce/produce-request'
import { describeTopicConfig, metadata } from '../../../lib/kafka/cluster/metadata-requests'
import * as offsets from '../../../lib/kafka/group/offset-requests'
import type { KafkaRequest, Response } from '../../../lib/kafka/request'

const MEMBER = { group: 'g', generation: 3, memberId: 'm' }
const FETCH = {
  logstore: 'log',
  maxWaitMs: 500,
  minBytes: 1,
  maxBytes: 1_000,
  shards: [{ shard: 2, offset: 2n ** 60n, maxBytes: 100 }],
}
const BEYOND_DOUBLES = 2n ** 53n + 1n

const EXAMPLES: Record<Api, KafkaRequest<Response>> = {
  Produce: produce({
    topic: 'log',
    timeoutMs: 1,
    shards: [{ shard: 2, batch: Buffer.from([9]) }],
  }),
  Fetch: fetchShards(FETCH),
  ListOffsets: offsets.listOffsets('log', [0, 1], offsets.EARLIEST),
  Metadata: metadata(['log']),
  OffsetCommit: offsets.offsetCommit('g', MEMBER, 'log', new Map([[1, BEYOND_DOUBLES]])),
  OffsetFetch: offsets.offsetFetch('g', 'log', [1]),
  FindCoordinator: group.findCoordinator('g'),
  JoinGroup: group.joinGroup({
    ...MEMBER,
    sessionTimeoutMs: 1,
    rebalanceTimeoutMs: 2,
    protocols: [{ name: 'range', metadata: Buffer.from([7]) }],
  }),
  Heartbeat: group.heartbeat(MEMBER),
  LeaveGroup: group.leaveGroup(MEMBER),
  SyncGroup: group.syncGroup({
    ...MEMBER,
    assignments: [{ memberId: 'm', assignment: Buffer.from([8]) }],
  }),
  DescribeGroups: group.describeGroup('g'),
  ListGroups: group.listGroups(),
  SaslHandshake: saslHandshake('PLAIN'),
  ApiVersions: apiVersions(),
  DescribeConfigs: describeTopicConfig('log.3', ['query']),
  SaslAuthenticate: saslAuthenticate(Buffer.from('token')),
}

describe('kafka/requests', () => {
  for (const [api, request] of Object.entries(EXAMPLES)) {
    const { least, greatest } = APIS[request.api]
    it(`writes ${api} in each of the versions ${least} to ${greatest}`, async () => {
      assert.equal(request.api, api)
      for (let version = least; version <= greatest; version++) {
        assert.ok(Buffer.isBuffer(await request.encode(version)), `version ${version}`)
      }
      await assert.rejects(async () => request.encode(greatest + 20))
    })
  }

  it('asks for all logstores with null, for none with an empty list, and creates none', async () => {
    assert.deepEqual([...(await metadata(null).encode(4))], [255, 255, 255, 255, 0])
    assert.deepEqual([...(await metadata([]).encode(4))], [0, 0, 0, 0, 0])
    const named = new Writer().int32(1).string('log').int8(0).toBuffer()
    assert.deepEqual(await metadata(['log']).encode(4), named)
  })

  it('writes offsets beyond 2^53 exactly', async () => {
    const body = await EXAMPLES.OffsetCommit.encode(5)
    assert.ok(body.includes(new Writer().int64(BEYOND_DOUBLES).toBuffer()))
    assert.ok((await EXAMPLES.Fetch.encode(10)).includes(new Writer().int64(2n ** 60n).toBuffer()))
  })

  it('fetches in no session, at any epoch, with open transactions', async () => {
    const expected = new Writer()
      .int32(-1)
      .int32(500)
      .int32(1)
      .int32(1_000)
      .int8(0)
      .int32(0)
      .int32(-1)
      .int32(1)
      .string('log')
      .int32(1)
      .int32(2)
      .int32(-1)
      .int64(2n ** 60n)
      .int64(-1n)
      .int32(100)
      .int32(0)
    assert.deepEqual(await EXAMPLES.Fetch.encode(10), expected.toBuffer())
  })

  it('reads the offsets of each shard beside the errors of others', async () => {
    const body = new Writer().int32(7).int32(2)
    body.string('other').int32(1).int32(0).int16(0).int64(0n).int64(1n)
    body.string('log').int32(2)
    body.int32(0).int16(6).int64(-1n).int64(-1n)
    body.int32(1).int16(0).int64(0n).int64(BEYOND_DOUBLES)
    const request = offsets.listOffsets('log', [0, 1], 0)
    assert.deepEqual(await request.decode(body.toBuffer(), 3), {
      throttleMs: 7,
      shards: [
        { shard: 0, errorCode: 6, offset: -1n },
        { shard: 1, errorCode: 0, offset: BEYOND_DOUBLES },
      ],
    })
  })

  for (const version of [0, 1, 2]) {
    it(`reads an entry of a topic's configuration, and its error, from version ${version}`, async () => {
      const body = (error: number, name: string): Buffer => {
        const writer = new Writer().int32(7).int32(1).int16(error).nullableString(null)
        writer.int8(2).string(name).int32(1).string('query').nullableString('*').int8(1).int8(1)
        writer.int8(0)
        if (version > 0) writer.int32(0)
        return writer.toBuffer()
      }
      const request = describeTopicConfig('log.3', ['query'])
      const read = await request.decode(body(29, 'log.3'), version)
      assert.deepEqual(read, { throttleMs: 7, errorCode: 29, entries: new Map([['query', '*']]) })
      await assert.rejects(request.decode(body(0, 'log.4'), version), /of another topic/)
    })
  }

  it('reads the error of a member that left, and of the whole response before it', async () => {
    const left = (whole: number, member: number): Buffer =>
      new Writer()
        .int32(0)
        .int16(whole)
        .int32(1)
        .string('m')
        .nullableString(null)
        .int16(member)
        .toBuffer()
    const request = group.leaveGroup(MEMBER)
    assert.equal((await request.decode(left(0, 25), 3)).errorCode, 25)
    assert.equal((await request.decode(left(16, 25), 3)).errorCode, 16)
    assert.equal((await request.decode(left(0, 0), 3)).errorCode, 0)
  })

  it('reads an unsupported version as an error code like others', async () => {
    const body = new Writer().int32(0).int16(35).toBuffer()
    assert.equal((await group.heartbeat(MEMBER).decode(body, 3)).errorCode, 35)
    assert.deepEqual(await EXAMPLES.JoinGroup.decode(body, 5), {
      throttleMs: 0,
      errorCode: 35,
      generation: -1,
      protocol: null,
      leaderId: '',
      memberId: '',
      members: [],
    })
  })

  it('reads no assignment as an empty one', async () => {
    const body = new Writer().int32(0).int16(0).int32(-1).toBuffer()
    const request = group.syncGroup({ ...MEMBER, assignments: [] })
    assert.equal((await request.decode(body, 3)).assignment.length, 0)
  })

  it('fails for a response that is cut off', async () => {
    await assert.rejects(
      EXAMPLES.JoinGroup.decode(Buffer.from([0, 0, 0, 0, 0, 0, 1]), 5),
      RangeError,
    )
    await assert.rejects(EXAMPLES.Fetch.decode(Buffer.alloc(5), 10), RangeError)
  })
})

describe('kafka/protocol negotiate', () => {
  const offered = (least: number, greatest: number) => new Map([[1, { least, greatest }]])

  it('takes the greatest version of both sides', () => {
    assert.equal(negotiate('Fetch', offered(0, 17), 'b:1'), 10)
    assert.equal(negotiate('Fetch', offered(0, 6), 'b:1'), 6)
    assert.equal(negotiate('Fetch', offered(10, 17), 'b:1'), 10)
  })

  it('fails where the versions of both sides do not meet', () => {
    for (const versions of [offered(0, 3), offered(11, 17), new Map<number, never>()]) {
      assert.throws(() => negotiate('Fetch', versions, 'b:1'), UnsupportedApiError)
    }
  })
})

describe('kafka/error-codes', () => {
  it('names codes of kafkajs, newer ones, and unknown ones', () => {
    assert.deepEqual([0, -1, 29, 79, 88, 89, 999].map(errorName), [
      'NONE',
      'UNKNOWN',
      'TOPIC_AUTHORIZATION_FAILED',
      'MEMBER_ID_REQUIRED',
      'UNSTABLE_OFFSET_COMMIT',
      'THROTTLING_QUOTA_EXCEEDED',
      'UNKNOWN_999',
    ])
    assert.equal(errorText(999), 'The service reported the unknown error code 999')
  })

  it('keeps what the service says of an error', () => {
    const error = new BrokerError('SaslAuthenticate', 58, 'go away')
    assert.deepEqual([error.message, error.type], ['go away', 'SASL_AUTHENTICATION_FAILED'])
    assert.equal(new BrokerError('Fetch', 1, '').message, errorText(1))
  })
})
