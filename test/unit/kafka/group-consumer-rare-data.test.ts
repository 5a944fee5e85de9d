import assert from 'node:assert/strict'
import { CODECS, compressedBatch, LINES, PRODUCERS } from '../../support/compressed-batches'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { RunningConsumer } from '../../support/running-consumer'

const LOGSTORE = 'access-log'
const SETTINGS = {
  logstore: LOGSTORE,
  group: 'node-red',
  startFrom: 'earliest',
  format: 'text',
} as const

const NO_SUCH_CODEC = 5
/** As SLS cuts a log group. */
const LARGEST_GROUP = 100_000
const NODES = 3

describe('a group consumer on data and errors that are seldom seen', () => {
  let endpoint: RunningEmulator
  let consumer: RunningConsumer

  function consume(): RunningConsumer {
    consumer = new RunningConsumer(endpoint, SETTINGS).start()
    return consumer
  }

  /** What arrived of one shard. */
  function payloadsOf(shard: number): unknown[] {
    return consumer.messages
      .filter(({ partition }) => partition === shard)
      .map(({ payload }) => payload)
  }

  async function committed(shard: number): Promise<string | undefined> {
    const { groups } = await endpoint.state()
    const offsets = groups.find(({ id }) => id === SETTINGS.group)?.offsets ?? []
    return offsets.find((offset) => offset.shard === shard)?.offset
  }

  beforeEach(async () => {
    endpoint = await startEmulator({ logstores: { [LOGSTORE]: 2 } })
  })

  afterEach(async () => {
    await consumer.close()
    await endpoint.stop()
  })

  it('reads what other clients compressed', async () => {
    for (const producer of PRODUCERS) {
      for (const codec of CODECS) {
        await endpoint.appendBatch(LOGSTORE, 0, compressedBatch(producer, codec))
      }
    }
    consume()
    await consumer.untilMessages(PRODUCERS.length * CODECS.length * LINES.length)
    assert.deepEqual(new Set(consumer.payloads), new Set(LINES))
  })

  it('reads up to a batch of an unknown codec, says so, and reads the other shards', async () => {
    await endpoint.append(LOGSTORE, ['a', 'b'], { shard: 0 })
    const offset = await endpoint.appendBatch(LOGSTORE, 0, {
      attributes: NO_SUCH_CODEC,
      count: 1,
      payload: Buffer.from('?'),
    })
    await endpoint.append(LOGSTORE, ['c'], { shard: 0 })
    await endpoint.append(LOGSTORE, ['x', 'y', 'z'], { shard: 1 })
    consume()
    await consumer.until('the error', () => consumer.failures.length > 0)
    await consumer.untilMessages(5)
    assert.deepEqual(payloadsOf(0), ['a', 'b'])
    assert.deepEqual(payloadsOf(1), ['x', 'y', 'z'])
    const [error] = consumer.failures
    assert.equal(error?.code, 'SLS_CODEC_UNSUPPORTED')
    assert.deepEqual(error.params, { shard: 0, offset, codec: NO_SUCH_CODEC })
    // Told once, and the membership goes on.
    await endpoint.append(LOGSTORE, ['later'], { shard: 1 })
    await consumer.untilMessages(6)
    assert.equal(consumer.failures.length, 1)
    assert.equal(consumer.assignments.length, 1)
  })

  it('moves on over records that were filtered out, and commits behind them', async () => {
    await endpoint.appendFiltered(LOGSTORE, 0, [null, null, null])
    await endpoint.appendFiltered(LOGSTORE, 0, ['a', null, null])
    const last = await endpoint.appendFiltered(LOGSTORE, 0, [null, null, 'b', null, null])
    consume()
    await consumer.untilMessages(2)
    await consumer.close()
    assert.deepEqual(payloadsOf(0), ['a', 'b'])
    assert.equal(await committed(0), String(BigInt(last) + 5n))
  })

  it('reads the largest group that SLS keeps', async () => {
    const logs = Array.from({ length: LARGEST_GROUP }, (_, index) => String(index))
    await endpoint.append(LOGSTORE, logs, { shard: 0, groupSize: LARGEST_GROUP })
    consume()
    await consumer.untilMessages(LARGEST_GROUP)
    assert.deepEqual(payloadsOf(0), logs)
  })

  it('reads the other shards while one fails, and that one when it has recovered', async () => {
    await endpoint.append(LOGSTORE, ['a'], { shard: 0 })
    await endpoint.append(LOGSTORE, ['x'], { shard: 1 })
    await endpoint.failRequests('KAFKA_STORAGE_ERROR', { api: 'Fetch', shard: 1, times: 2 })
    consume()
    await consumer.until('the healthy shard', () => payloadsOf(0).length === 1)
    assert.deepEqual(payloadsOf(1), [])
    await consumer.until('the other one', () => payloadsOf(1).length === 1)
    assert.deepEqual(consumer.failures, [])
    assert.equal(consumer.assignments.length, 1)
  })

  it('does not join again and again for a shard that says it is led elsewhere', async () => {
    await endpoint.append(LOGSTORE, ['a'], { shard: 0 })
    await endpoint.append(LOGSTORE, ['x'], { shard: 1 })
    await endpoint.failRequests('NOT_LEADER_FOR_PARTITION', { api: 'Fetch', shard: 1, times: 1 })
    consume()
    await consumer.untilMessages(2)
    assert.equal(consumer.assignments.length, 1)
  })

  it('keeps two connections for each node id at one address, however often they break', async () => {
    await endpoint.advertiseNodes(NODES)
    await endpoint.append(LOGSTORE, ['a'], { shard: 0 })
    consume()
    await consumer.untilMessages(1)
    for (let round = 1; round <= 5; round++) {
      await endpoint.killConnections()
      await endpoint.append(LOGSTORE, [`after ${round}`], { shard: round % 2 })
      await consumer.untilMessages(1 + round)
    }
    const { open } = (await endpoint.state()).connections
    assert.ok(open <= 2 * NODES, `${open} connections`)
    assert.equal(consumer.assignments.length, 1)
  })
})
