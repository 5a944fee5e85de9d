import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { RunningConsumer } from '../../support/running-consumer'

const LOGSTORE = 'access-log'
const SHARDS = 2
/** More than one answer brings of a shard. */
const RECORDS = 40_000
const SETTINGS = {
  logstore: LOGSTORE,
  group: 'node-red',
  startFrom: 'earliest',
  format: 'text',
  maxBytesPerShard: '65536',
  commitInterval: '100',
} as const

const NO_SUCH_CODEC = 5

describe('a group consumer that is told where to go on', () => {
  let endpoint: RunningEmulator
  let consumers: RunningConsumer[]

  function consume(settings: Record<string, unknown> = {}): RunningConsumer {
    const consumer = new RunningConsumer(endpoint, { ...SETTINGS, ...settings }).start()
    consumers.push(consumer)
    return consumer
  }

  beforeEach(async () => {
    consumers = []
    endpoint = await startEmulator({ logstores: { [LOGSTORE]: SHARDS } })
  })

  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.close()))
    await endpoint.stop()
  })

  async function committed(): Promise<string[]> {
    const { groups } = await endpoint.state()
    const offsets = groups.find(({ id }) => id === SETTINGS.group)?.offsets ?? []
    return offsets.toSorted((one, other) => one.shard - other.shard).map(({ offset }) => offset)
  }

  it('lets nothing through that was on its way from elsewhere', async () => {
    const lines = Array.from({ length: RECORDS }, (_, index) => `${index} ${'x'.repeat(50)}`)
    for (let shard = 0; shard < SHARDS; shard++) {
      await endpoint.append(LOGSTORE, lines, { shard, groupSize: 100 })
    }
    const consumer = consume()
    await consumer.untilMessages(1_000)
    // Back while answers are under way, on while they are, and back again.
    for (const edge of ['earliest', 'latest', 'earliest', 'earliest'] as const) {
      const from = consumer.messages.length
      const moved = await consumer.executor.seek({ edge }, null)
      const at = consumer.messages.length
      assert.deepEqual(
        consumer.messages.slice(from, at).filter(({ payload }) => payload === lines[0]),
        [],
        'nothing of the new position yet',
      )
      if (edge === 'latest') continue
      await consumer.untilMessages(at + 3_000)
      for (const { partition, offset = '' } of moved) {
        const own = consumer.messages.slice(at).filter((message) => message.partition === partition)
        const expected = own.map((_message, index) => lines[index])
        assert.equal(own[0]?.offset, offset)
        assert.deepEqual(
          own.map(({ payload }) => payload),
          expected,
          'everything from there, in order, and nothing else',
        )
      }
    }
    assert.equal(consumer.assignments.length, 1)
    assert.deepEqual(consumer.failures, [])
  }).timeout(60_000)

  it('begins there when it is started again, also if nothing was fetched in between', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => String(index))
    await endpoint.append(LOGSTORE, lines, { shard: 0 })
    const first = consume()
    await first.untilMessages(100)
    first.executor.pause(null)
    const moved = await first.executor.seek({ edge: 'earliest' }, null)
    const sought = moved.map(({ offset = '' }) => offset)
    assert.deepEqual(await committed(), sought)
    await first.close()
    assert.equal(first.messages.length, 100)
    assert.deepEqual(await committed(), sought, 'a stop commits nothing else')
    const second = consume()
    await second.untilMessages(100)
    assert.deepEqual(second.payloads, lines)
  })

  it('moves a shard of which no batch ever came', async () => {
    const consumer = consume({ startFrom: 'latest' })
    await endpoint.append(LOGSTORE, ['a', 'b'], { shard: 1 })
    await consumer.untilJoined()
    await consumer.executor.seek({ edge: 'earliest' }, null)
    await consumer.until('both', () => consumer.messages.length >= 2)
    const [, { offset = '' } = {}] = await consumer.executor.seek({ edge: 'latest' }, null)
    assert.equal((await committed())[1], offset)
  })

  it('moves past a batch that cannot be read, and reads the records after it', async () => {
    await endpoint.append(LOGSTORE, ['before'], { shard: 0 })
    const attributes = NO_SUCH_CODEC
    await endpoint.appendBatch(LOGSTORE, 0, { attributes, count: 3, payload: Buffer.from('?') })
    await endpoint.append(LOGSTORE, ['behind'], { shard: 0 })
    const consumer = consume()
    await consumer.until('the error', () => consumer.failures.length > 0)
    assert.deepEqual(consumer.snapshot().stoppedShards, [0])
    assert.deepEqual(await consumer.executor.skip(null), [{ partition: 0 }])
    await consumer.untilMessages(2)
    assert.deepEqual(consumer.payloads, ['before', 'behind'])
    assert.deepEqual(
      consumer.failures.map(({ code }) => code),
      ['SLS_CODEC_UNSUPPORTED', 'SLS_SKIPPED'],
    )
    assert.deepEqual(consumer.snapshot().stoppedShards, [])
  })

  it('closes in the middle of looking up, and leaves no connection', async () => {
    const consumer = consume()
    await consumer.untilJoined()
    const sought = consumer.executor.seek({ edge: 'earliest' }, null).catch(String)
    await Promise.all([consumer.close(), sought])
    // The service sees a moment later that a connection has ended. Waiting for a connection that stays would time out.
    while ((await endpoint.state()).connections.open > 0) await setImmediate()
  })
})
