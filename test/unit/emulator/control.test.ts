import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Kafka, logLevel, type Admin, type Consumer } from 'kafkajs'
import { encodeRecordBatch } from '../../../tools/emulator/protocol/record-batch'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'

const WEB = 'web-log'
const FIRST = 51247n << 17n
const GROUP = 1n << 17n
const SNAPPY = 2

describe('control of an endpoint in another process', () => {
  let emulator: RunningEmulator
  let admin: Admin

  before(async () => {
    emulator = await startEmulator({
      logstores: { [WEB]: 2 },
      flags: ['--max-group-logs', '131072'],
    })
  })

  after(async () => {
    await emulator.stop()
  })

  beforeEach(() => {
    admin = client().admin()
  })

  afterEach(async () => {
    await admin.disconnect()
    await emulator.clearFaults()
  })

  function client(retries = 0): Kafka {
    return new Kafka({
      clientId: 'tester',
      brokers: [`localhost:${emulator.port}`],
      ssl: { ca: emulator.ca },
      sasl: {
        mechanism: 'plain',
        username: emulator.project,
        password: `${emulator.accessKeyId}#${emulator.accessKeySecret}`,
      },
      logLevel: logLevel.NOTHING,
      requestTimeout: 300,
      retry: { retries, initialRetryTime: 10 },
    })
  }

  /** kafkajs reports the error of the wire as the cause of its own. */
  async function rejectsWith(promise: Promise<unknown>, type: string): Promise<void> {
    await assert.rejects(promise, (error: { type?: string; cause?: { type?: string } }) =>
      [error.type, error.cause?.type].includes(type),
    )
  }

  it('fails requests of an API, so many times', async () => {
    await emulator.failRequests('UNKNOWN_TOPIC_OR_PARTITION', { api: 'Metadata', times: 1 })
    await admin.connect()
    await rejectsWith(admin.fetchTopicMetadata({ topics: [WEB] }), 'UNKNOWN_TOPIC_OR_PARTITION')
    assert.equal((await admin.fetchTopicMetadata({ topics: [WEB] })).topics.length, 1)
    const { faults } = await emulator.state()
    assert.deepEqual(faults, [{ kind: 'error', apis: ['Metadata'], timesApplied: 1 }])
  })

  it('fails one shard, delays, drops, throttles, answers nonsense, floods, closes, freezes', async () => {
    await emulator.failRequests(-1, { api: 'ListOffsets', logstore: WEB, shard: 1, times: 1 })
    await emulator.delayRequests(1, { api: 'ApiVersions', clientId: 'tester' })
    await emulator.throttle(1, { api: 'Metadata' })
    await admin.connect()
    await rejectsWith(admin.fetchTopicOffsets(WEB), 'UNKNOWN')
    await emulator.dropAnswers({ api: 'ListGroups', times: 1 })
    await assert.rejects(admin.listGroups(), /timed out/)
    await emulator.closeOnRequests({ api: 'ListGroups', times: 1 })
    await assert.rejects(admin.listGroups())
    await emulator.freezeRequests({ api: 'ListGroups', times: 1 })
    await emulator.answerNonsense({ api: ['DescribeGroups'], times: 1 }, Buffer.from('x'))
    await emulator.flood(2 ** 31 - 1, { api: 'DescribeGroups', times: 1 })
    await emulator.dripAnswers(1, { api: 'DescribeGroups', times: 1 }, 2)
    await emulator.garbleAnswers({ api: 'DescribeGroups', times: 1 })
    const { faults } = await emulator.state()
    assert.deepEqual(
      faults.map(({ kind }) => kind),
      [
        'error',
        'delay',
        'throttle',
        'drop',
        'close',
        'freeze',
        'nonsense',
        'flood',
        'drip',
        'garble',
      ],
    )
    assert.ok(faults.slice(0, 5).every(({ timesApplied }) => timesApplied > 0))
    await emulator.clearFaults()
    assert.deepEqual((await emulator.state()).faults, [])
  })

  it('closes in the middle of the login', async () => {
    await emulator.closeOnRequests({ api: 'SaslAuthenticate', times: 1 })
    await assert.rejects(admin.connect())
    await admin.connect()
  })

  it('freezes what is connected', async () => {
    await admin.connect()
    assert.ok((await emulator.freezeConnections()) > 0)
    await assert.rejects(admin.listGroups(), /timed out/)
    const other = client().admin()
    await other.connect()
    assert.deepEqual((await other.listGroups()).groups, [])
    await other.disconnect()
  })

  it('sets switches, and puts them back', async () => {
    const { switches: before } = await emulator.state()
    await emulator.advertiseNodes(3)
    await emulator.advertise('localhost', 1)
    await emulator.limitBandwidth(1_000_000)
    await emulator.limitInboundBandwidth(2_000_000)
    await emulator.limitShardRate(3_000_000)
    await emulator.limitWrites({ logs: 10, bytes: 1_000 })
    await emulator.limitVersions({ Metadata: 1 })
    await emulator.refuseNegativeCommits()
    await emulator.limitSessions(60_000)
    await emulator.listAbortedTransactions(2)
    await emulator.receiveWith('silence')
    assert.deepEqual((await emulator.state()).switches, {
      advertise: { host: 'localhost', port: 1 },
      nodes: 3,
      maxVersions: { Metadata: 1 },
      refusesNegativeCommits: true,
      bytesPerSecond: 1_000_000,
      inboundBytesPerSecond: 2_000_000,
      shardBytesPerSecond: 3_000_000,
      writeLimits: { logs: 10, bytes: 1_000 },
      sessionLifetimeMs: 60_000,
      abortedTransactions: 2,
      reception: 'silence',
    })
    await emulator.limitBandwidth(null)
    await emulator.limitInboundBandwidth(null)
    await emulator.limitShardRate(null)
    await emulator.limitWrites(null)
    await emulator.limitSessions(null)
    const { switches } = await emulator.state()
    assert.equal(switches.bytesPerSecond, undefined)
    assert.equal(switches.inboundBytesPerSecond, undefined)
    assert.equal(switches.shardBytesPerSecond, undefined)
    assert.equal(switches.writeLimits, undefined)
    assert.equal(switches.sessionLifetimeMs, undefined)
    await emulator.clearFaults()
    assert.deepEqual((await emulator.state()).switches, before)
  })

  it('sends clients to another address', async () => {
    await emulator.advertise('localhost', 1)
    await admin.connect()
    await assert.rejects(admin.fetchTopicOffsets(WEB))
    await emulator.clearFaults()
    const other = client().admin()
    await other.connect()
    assert.equal((await other.fetchTopicOffsets(WEB)).length, 2)
    await other.disconnect()
  })

  it('explains what makes no sense', async () => {
    await assert.rejects(emulator.failRequests(99_999), /neither the name nor the number/)
    await assert.rejects(emulator.dropAnswers({ api: 'Fetsch' }), /no API/)
    await assert.rejects(emulator.limitVersions({ Fetsch: 1 }), /names of APIs/)
    await assert.rejects(emulator.deleteLogstore('missing'), /no logstore missing/)
    await assert.rejects(emulator.reclaimShard(WEB, 0), /not read-only/)
    await assert.rejects(emulator.expireLogs(WEB, 9), /no shard 9/)
    await assert.rejects(emulator.appendFiltered(WEB, 0, []), /at least one/)
  })

  it('merges, reclaims and expires; deletes a logstore and creates it again', async () => {
    await emulator.createLogstore('old-log', 2)
    assert.equal(await emulator.mergeShards('old-log', 0, 1), 2)
    await emulator.append('old-log', ['a'], { receiveTime: 1000 })
    await emulator.append('old-log', ['b'], { receiveTime: 2000 })
    assert.equal(await emulator.expireLogs('old-log', 2, 2000), String(FIRST + GROUP))
    assert.equal(await emulator.expireLogs('old-log', 2), String(FIRST + 2n * GROUP))
    await emulator.reclaimShard('old-log', 0)
    const shards = (await emulator.state()).logstores.find(({ name }) => name === 'old-log')?.shards
    assert.deepEqual(
      shards?.map(({ isReadOnly, isReclaimed }) => [isReadOnly, isReclaimed]),
      [
        [true, true],
        [true, false],
        [false, false],
      ],
    )
    await admin.connect()
    assert.equal((await admin.fetchTopicOffsets('old-log')).length, 3)

    await emulator.deleteLogstore('old-log')
    await assert.rejects(emulator.append('old-log', ['x']), /no logstore/)
    await emulator.createLogstore('old-log', 1, 7)
    const [again] = await admin.fetchTopicOffsets('old-log')
    assert.equal(again?.high, String(7n * GROUP))
  })

  it('appends filtered groups, ready-made batches, compressed and large ones', async () => {
    await emulator.createLogstore('odd-log', 1)
    await emulator.append('odd-log', ['plain', 'gzip'], { compression: 'gzip' })
    assert.equal(
      await emulator.appendFiltered('odd-log', 0, [null, 'kept', null]),
      String(FIRST + GROUP),
    )
    const batch = encodeRecordBatch(0n, [{ timestamp: 1, key: null, value: 'ready-made' }])
    await emulator.appendBatch('odd-log', 0, batch)
    const payload = batch.subarray(61)
    await emulator.appendBatch('odd-log', 0, { attributes: 0, count: 1, payload })
    assert.deepEqual(await consume('odd-log', 5), [
      'plain',
      'gzip',
      'kept',
      'ready-made',
      'ready-made',
    ])

    await emulator.appendBatch('odd-log', 0, { attributes: SNAPPY, count: 9, payload })
    await emulator.append('odd-log', Array<string>(120_000).fill('x'), { groupSize: 120_000 })
    const [shard] = (await emulator.state()).logstores.at(-1)?.shards ?? []
    assert.equal(shard?.logs, 120_014)
    assert.equal(shard.last, String(FIRST + 5n * GROUP + 119_999n))
  })

  it('ends the sessions of members', async () => {
    await emulator.append(WEB, ['a'])
    const consumer = client(3).consumer({
      groupId: 'g',
      sessionTimeout: 6000,
      heartbeatInterval: 100,
      maxWaitTimeInMs: 100,
    })
    const joins = countJoins(consumer)
    await consumer.connect()
    await consumer.subscribe({ topic: WEB, fromBeginning: true })
    await consumer.run({ eachMessage: () => Promise.resolve() })
    await joins.until(1)
    assert.equal(await emulator.expireMembers('g', 'another client'), 0)
    assert.equal(await emulator.expireMembers('g'), 1)
    assert.equal(await emulator.expireMembers('unknown group'), 0)
    await joins.until(2)
    await consumer.disconnect()
  })

  async function consume(topic: string, count: number): Promise<string[]> {
    const consumer = client(3).consumer({ groupId: `of ${topic}`, maxWaitTimeInMs: 100 })
    const values: string[] = []
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((resolve) => {
      void consumer.run({
        eachMessage: ({ message }) => {
          values.push(String(message.value))
          if (values.length === count) resolve()
          return Promise.resolve()
        },
      })
    })
    await consumer.disconnect()
    return values
  }

  function countJoins(consumer: Consumer): { until(count: number): Promise<void> } {
    let joins = 0
    consumer.on(consumer.events.GROUP_JOIN, () => {
      joins += 1
    })
    return {
      async until(count) {
        while (joins < count) await delay(10)
      },
    }
  }
})
