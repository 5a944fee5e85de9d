import assert from 'node:assert/strict'
import {
  AssignerProtocol,
  CompressionTypes,
  type Consumer,
  type EachMessagePayload,
  type Kafka,
} from 'kafkajs'
import type { Emulator } from '../../../tools/emulator/emulator'
import { kafkaClient, startEndpoint, textLogs } from './support/endpoint'

const FIRST = 51247n << 17n
const GROUP = 1n << 17n
const WEB = 'web-log'

interface Received {
  readonly partition: number
  readonly offset: string
  readonly key: string | null
  readonly value: string
  readonly timestamp: string
}

describe('kafkajs as a client of the endpoint', () => {
  let endpoint: Emulator
  let kafka: Kafka
  const consumers: Consumer[] = []

  const start = async (...flags: string[]): Promise<void> => {
    endpoint = await startEndpoint(['--logstore', `${WEB}:2`, ...flags])
    kafka = kafkaClient(endpoint)
  }
  const append = (shard: number, ...texts: string[]): void => {
    endpoint.project.logstore(WEB)?.append(textLogs(...texts), { shard })
  }

  afterEach(async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.disconnect()))
    await endpoint.stop()
  })

  /** Consumes until `count` records have come, and goes on consuming. */
  async function consume(
    count: number,
    groupId = 'g',
    clientOfGroup = kafka,
  ): Promise<{
    consumer: Consumer
    received: Received[]
    until: (count: number) => Promise<void>
  }> {
    const consumer = clientOfGroup.consumer({
      groupId,
      sessionTimeout: 6000,
      heartbeatInterval: 100,
      maxWaitTimeInMs: 200,
    })
    consumers.push(consumer)
    const received: Received[] = []
    const waiting = new Set<() => void>()
    const until = (wanted: number): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => {
          if (received.length < wanted) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      })
    await consumer.connect()
    await consumer.subscribe({ topic: WEB, fromBeginning: true })
    await consumer.run({
      eachMessage: ({ partition, message }: EachMessagePayload) => {
        received.push({
          partition,
          offset: message.offset,
          key: message.key?.toString() ?? null,
          value: message.value?.toString() ?? '',
          timestamp: message.timestamp,
        })
        waiting.forEach((check) => {
          check()
        })
        return Promise.resolve()
      },
    })
    await until(count)
    return { consumer, received, until }
  }

  it('consumes the record shapes, commits, and goes on after a restart', async () => {
    await start()
    endpoint.project.logstore(WEB)?.append(
      [
        { time: 1_700_000_000_000, fields: [['message', 'raw text']] },
        {
          time: 1_700_000_000_001,
          fields: [
            ['url', '/'],
            ['method', 'get'],
          ],
        },
      ],
      { shard: 1 },
    )
    const first = await consume(2)
    assert.deepEqual(first.received, [
      {
        partition: 1,
        offset: String(FIRST),
        key: 'message',
        value: 'raw text',
        timestamp: '1700000000000',
      },
      {
        partition: 1,
        offset: String(FIRST + 1n),
        key: null,
        value: '{"url":"/","method":"get"}',
        timestamp: '1700000000001',
      },
    ])
    await first.consumer.disconnect()
    const committed = endpoint.groups.committedOffsets('g')
    assert.equal(committed?.get(WEB, 1)?.offset, FIRST + 2n)
    assert.equal(endpoint.groups.find('g')?.state, 'Empty')

    append(1, 'later')
    const second = await consume(1)
    assert.deepEqual(
      second.received.map(({ value, offset }) => [value, offset]),
      [['later', String(FIRST + GROUP)]],
    )
  })

  it('is sent what comes while it waits, at once', async () => {
    await start()
    const { until, received } = await consume(0)
    append(0, 'a')
    await until(1)
    append(1, 'b')
    await until(2)
    assert.deepEqual(
      received.map(({ value }) => value),
      ['a', 'b'],
    )
  })

  it('shares the shards between two members', async () => {
    await start()
    const first = await consume(0)
    const joined = new Promise((resolve) => {
      first.consumer.on(first.consumer.events.GROUP_JOIN, ({ payload }) => {
        if (payload.memberAssignment[WEB]?.length === 1) resolve(undefined)
      })
    })
    const second = await consume(0)
    await joined
    append(0, 'a', 'b')
    append(1, 'c', 'd')
    await Promise.all([first.until(2), second.until(2)])
    assert.equal(first.received.length + second.received.length, 4)
    assert.equal(endpoint.groups.find('g')?.memberList.length, 2)
  })

  it('keeps offsets beyond 2^53 exact, through commit and restart', async () => {
    await start('--start-index', String(1n << 40n))
    append(0, 'a', 'b')
    const { consumer, received } = await consume(2)
    assert.equal(received[1]?.offset, String((1n << 57n) + 1n))
    await consumer.disconnect()
    const committed = endpoint.groups.committedOffsets('g')
    assert.equal(committed?.get(WEB, 0)?.offset, (1n << 57n) + 2n)
    append(0, 'c')
    assert.equal((await consume(1)).received[0]?.value, 'c')
  })

  it('gets over dropped connections and an outage', async () => {
    await start()
    const { until } = await consume(0)
    append(0, 'a')
    await until(1)
    assert.ok(endpoint.listener.killConnections() > 0)
    append(0, 'b')
    await until(2)
    const port = endpoint.listener.port
    await endpoint.listener.close()
    assert.equal(endpoint.listener.isOpen, false)
    await endpoint.listener.open()
    assert.equal(endpoint.listener.port, port)
    append(0, 'c')
    await until(3)
  })

  it('lists offsets: earliest, latest, and by the time of receipt', async () => {
    await start()
    const logstore = endpoint.project.logstore(WEB)
    logstore?.append(textLogs('a'), { shard: 0, receiveTime: 1_000 })
    logstore?.append(textLogs('b'), { shard: 0, receiveTime: 2_000 })
    const admin = kafka.admin()
    await admin.connect()
    const [end] = (await admin.fetchTopicOffsets(WEB)).filter(({ partition }) => partition === 0)
    assert.equal(end?.low, String(FIRST))
    assert.equal(end.high, String(FIRST + 2n * GROUP))
    const atTime = await admin.fetchTopicOffsetsByTimestamp(WEB, 1_500)
    assert.equal(atTime.find(({ partition }) => partition === 0)?.offset, String(FIRST + GROUP))
    await admin.disconnect()
  })

  it('describes, lists and deletes groups', async () => {
    await start()
    const { consumer } = await consume(0, 'web-readers', kafkaClient(endpoint, { clientId: 'me' }))
    const admin = kafka.admin()
    await admin.connect()
    const { groups } = await admin.listGroups()
    assert.deepEqual(groups, [{ groupId: 'web-readers', protocolType: 'consumer' }])
    const [group] = (await admin.describeGroups(['web-readers'])).groups
    assert.equal(group?.state, 'Stable')
    const [member] = group.members
    assert.equal(member?.clientId, 'me')
    assert.equal(member.clientHost, '/127.0.0.1')
    const assignment = AssignerProtocol.MemberAssignment.decode(member.memberAssignment)
    assert.deepEqual(assignment?.assignment[WEB], [0, 1])
    await assert.rejects(admin.deleteGroups(['web-readers']))
    await consumer.disconnect()
    await admin.deleteGroups(['web-readers'])
    assert.deepEqual((await admin.listGroups()).groups, [])
    await admin.disconnect()
  })

  it('produces, also compressed, and consumes it again', async () => {
    await start()
    const producer = kafka.producer()
    await producer.connect()
    const [result] = await producer.send({
      topic: WEB,
      compression: CompressionTypes.GZIP,
      messages: [
        { partition: 0, value: 'plain' },
        { partition: 0, key: 'line', value: 'keyed' },
        { partition: 0, value: '{"a":1,"b":"x"}', headers: { 'data-parse-format': 'json' } },
      ],
    })
    assert.equal(result?.baseOffset, String(FIRST))
    await producer.send({ topic: WEB, acks: 0, messages: [{ partition: 1, value: 'no answer' }] })
    await producer.send({
      topic: `${WEB}.json`,
      messages: [{ partition: 1, value: '{"c":2,"d":3}' }],
    })
    await producer.disconnect()
    const { received } = await consume(5)
    assert.deepEqual(received.map(({ key, value }) => `${String(key)}: ${value}`).sort(), [
      'content: no answer',
      'content: plain',
      'line: keyed',
      'null: {"a":"1","b":"x"}',
      'null: {"c":"2","d":"3"}',
    ])
    await assert.rejects(producer.send({ topic: 'unknown', messages: [{ value: 'x' }] }))
  })

  it('is told why a produced batch is not taken', async () => {
    await start()
    endpoint.project.logstore(WEB)?.split(0)
    const producer = kafka.producer()
    await producer.connect()
    const send = (partition: number): Promise<unknown> =>
      producer.send({ topic: WEB, messages: [{ partition, value: 'x' }] })
    await assert.rejects(send(0), { type: 'POLICY_VIOLATION' })
    await send(1)
    await producer.disconnect()
  })

  it('is refused with a wrong AccessKey, and let in once that has become right', async () => {
    await start()
    const admin = kafkaClient(endpoint, { password: 'new-id#new-secret' }).admin()
    await assert.rejects(admin.connect(), /Authentication failed/)
    endpoint.access.accessKey = { id: 'new-id', secret: 'new-secret' }
    await admin.connect()
    assert.deepEqual(await admin.listTopics(), [WEB])
    await admin.disconnect()
    assert.ok(endpoint.counters.refusedLogins > 0)
  })

  it('is refused topic by topic instead, when told', async () => {
    await start('--auth-failure', 'topic')
    const admin = kafkaClient(endpoint, { password: 'wrong-id#wrong' }).admin()
    await admin.connect()
    await assert.rejects(admin.fetchTopicMetadata({ topics: [WEB] }), { code: 29 })
    assert.deepEqual(await admin.listTopics(), [])
    endpoint.access.accessKey = { id: 'wrong-id', secret: 'wrong' }
    assert.equal((await admin.fetchTopicMetadata({ topics: [WEB] })).topics.length, 1)
    await admin.disconnect()
  })

  it('is told that a logstore does not exist, and none is made', async () => {
    await start()
    const admin = kafka.admin()
    await admin.connect()
    await assert.rejects(admin.fetchTopicMetadata({ topics: ['missing'] }), { code: 3 })
    assert.deepEqual(await admin.listTopics(), [WEB])
    await admin.disconnect()
  })

  it('sees the two shards that a split adds', async () => {
    await start()
    append(0, 'old')
    endpoint.project.logstore(WEB)?.split(0)
    append(2, 'new')
    const { received } = await consume(2)
    assert.deepEqual(received.map(({ partition }) => partition).sort(), [0, 2])
  })
})
