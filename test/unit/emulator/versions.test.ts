import assert from 'node:assert/strict'
import { supportedApis } from '../../../tools/emulator/apis'
import type { Emulator } from '../../../tools/emulator/emulator'
import { ErrorCode } from '../../../tools/emulator/protocol/error-codes'
import type { Reader } from '../../../tools/emulator/protocol/reader'
import { kafkaClient, startEndpoint, textLogs } from './support/endpoint'
import { RawClient } from './support/raw-client'

const WEB = 'web-log'
const FIRST = 51247n << 17n
/** kafkajs wraps its token in a request after handshake version 0 as well, which no broker takes. */
const LOGIN_APIS = ['SaslHandshake', 'SaslAuthenticate']
/** Up to the highest version of any API served. */
const VERSIONS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

describe('API versions', () => {
  let endpoint: Emulator

  afterEach(async () => {
    await endpoint.stop()
  })

  for (const highest of VERSIONS) {
    it(`serves kafkajs when no API goes beyond version ${highest}, or its lowest`, async () => {
      const offered = supportedApis('2.2').map((api) => ({
        ...api,
        max: LOGIN_APIS.includes(api.name)
          ? api.max
          : Math.max(api.min, Math.min(api.max, highest)),
      }))
      endpoint = await startEndpoint(['--logstore', `${WEB}:1`], { supportedApis: offered })
      const kafka = kafkaClient(endpoint)

      const producer = kafka.producer()
      await producer.connect()
      await producer.send({ topic: WEB, messages: [{ value: 'a' }, { value: 'b' }] })
      await producer.disconnect()

      const consumer = kafka.consumer({ groupId: 'g', maxWaitTimeInMs: 100 })
      await consumer.connect()
      await consumer.subscribe({ topic: WEB, fromBeginning: true })
      const values: string[] = []
      await new Promise<void>((resolve, reject) => {
        consumer.on(consumer.events.CRASH, ({ payload }) => {
          reject(payload.error)
        })
        void consumer.run({
          eachMessage: async (payload) => {
            await payload.heartbeat()
            values.push(String(payload.message.value))
            if (values.length === 2) resolve()
          },
        })
      })

      const admin = kafka.admin()
      await admin.connect()
      const [group] = (await admin.describeGroups(['g'])).groups
      assert.equal(group?.members.length, 1)
      const [end] = await admin.fetchTopicOffsets(WEB)
      assert.equal(end?.high, String(FIRST + (1n << 17n)))
      await consumer.disconnect()
      const [committed] = await admin.fetchOffsets({ groupId: 'g', topics: [WEB] })
      assert.equal(committed?.partitions[0]?.offset, String(FIRST + 2n))
      await admin.deleteGroups(['g'])
      await admin.disconnect()
      assert.deepEqual(values, ['a', 'b'])
    })
  }

  describe('that kafkajs does not know', () => {
    let client: RawClient

    beforeEach(async () => {
      endpoint = await startEndpoint(['--logstore', `${WEB}:1`])
      endpoint.project.logstore(WEB)?.append(textLogs('a'))
      client = await (await RawClient.connect(endpoint)).login(endpoint)
    })

    it('Metadata v7', async () => {
      const answer = await client.request(3, 7, (writer) =>
        writer.int32(1).string(WEB).boolean(true),
      )
      answer.int32() // throttle
      const brokers = answer.array(() => {
        const broker = `${answer.int32()} ${answer.string()}:${answer.int32()}`
        answer.nullableString()
        return broker
      })
      assert.deepEqual(brokers, [`1 localhost:${endpoint.listener.port}`])
      answer.nullableString() // cluster
      assert.equal(answer.int32(), 1, 'controller')
      answer.array(() => {
        assert.equal(answer.int16(), ErrorCode.NONE)
        assert.equal(answer.string(), WEB)
        assert.equal(answer.boolean(), false)
        answer.array(() => {
          assert.equal(answer.int16(), ErrorCode.NONE)
          assert.equal(answer.int32(), 0, 'partition')
          assert.equal(answer.int32(), 1, 'leader')
          assert.equal(answer.int32(), 0, 'leader epoch')
          assert.deepEqual(int32s(answer), [1])
          assert.deepEqual(int32s(answer), [1])
          assert.deepEqual(int32s(answer), [])
        })
      })
      assert.equal(answer.remaining, 0)
    })

    for (const version of [4, 5]) {
      it(`ListOffsets v${version}`, async () => {
        const answer = await client.request(2, version, (writer) =>
          writer.int32(-1).int8(0).int32(1).string(WEB).int32(1).int32(0).int32(-1).int64(-2n),
        )
        assert.deepEqual(
          [answer.int32(), answer.int32(), answer.string(), answer.int32(), answer.int32()],
          [0, 1, WEB, 1, 0],
        )
        assert.deepEqual([answer.int16(), answer.int64(), answer.int64()], [0, -1n, FIRST])
        assert.equal(answer.int32(), 0, 'leader epoch')
        assert.equal(answer.remaining, 0)
      })
    }

    it('OffsetCommit v6 and OffsetFetch v5, with the leader epoch', async () => {
      const committed = await client.request(8, 6, (writer) =>
        writer
          .string('g')
          .int32(-1)
          .string('')
          .int32(1)
          .string(WEB)
          .int32(1)
          .int32(0)
          .int64(FIRST)
          .int32(3)
          .nullableString('note'),
      )
      assert.deepEqual(
        [committed.int32(), committed.int32(), committed.string(), committed.int32()],
        [0, 1, WEB, 1],
      )
      assert.deepEqual([committed.int32(), committed.int16()], [0, ErrorCode.NONE])

      const fetched = await client.request(9, 5, (writer) => writer.string('g').int32(-1))
      assert.deepEqual(
        [fetched.int32(), fetched.int32(), fetched.string(), fetched.int32(), fetched.int32()],
        [0, 1, WEB, 1, 0],
      )
      assert.deepEqual([fetched.int64(), fetched.int32(), fetched.string()], [FIRST, 3, 'note'])
      assert.deepEqual([fetched.int16(), fetched.int16(), fetched.remaining], [0, 0, 0])
    })

    it('of a transaction coordinator: there is none', async () => {
      const answer = await client.request(10, 1, (writer) => writer.string('t').int8(1))
      answer.int32()
      assert.equal(answer.int16(), ErrorCode.INVALID_REQUEST)
    })
  })
})

function int32s(reader: Reader): number[] {
  return reader.array(() => reader.int32())
}
