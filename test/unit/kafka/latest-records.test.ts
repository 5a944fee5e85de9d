import assert from 'node:assert/strict'
import {
  readLatestRecords,
  previewLogstore,
  type LatestRecord,
  type RecordReader,
} from '../../../lib/kafka/latest-records'
import { optionsFor } from '../../../tools/shared/consumer-options'
import { CODECS, compressedBatch, LINES } from '../../support/compressed-batches'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { SILENT_LOGGER } from '../../../lib/logger'
import { record } from '../../support/fake-source'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const linesOf = (records: readonly LatestRecord[]): string[] =>
  records.map(({ value }) => String(value))

describe('kafka/latest-records on the emulator', () => {
  let endpoint: RunningEmulator
  let logstores = 0

  before(async () => {
    endpoint = await startEmulator()
  })

  afterEach(() => endpoint.clearFaults())

  after(() => endpoint.stop())

  async function logstoreOf(shards: number): Promise<string> {
    const name = `log-${logstores++}`
    await endpoint.createLogstore(name, shards)
    return name
  }

  async function appendAt(
    logstore: string,
    shard: number,
    age: number,
    lines: readonly string[],
  ): Promise<void> {
    // One log group each: their offsets lie 2^17 apart.
    const receiveTime = Date.now() - age
    await endpoint.append(logstore, lines, { shard, groupSize: 1, receiveTime })
  }

  function look(logstore: string, count: number, timeoutMs?: number): Promise<LatestRecord[]> {
    const consumer = optionsFor(endpoint, { logstore, group: 'never-joined' })
    return previewLogstore(
      { consumer, clientId: 'peek', logger: SILENT_LOGGER },
      { count, ...(timeoutMs !== undefined && { timeoutMs }) },
    )
  }

  it('gives the newest of all shards, newest first, with their shards', async () => {
    const logstore = await logstoreOf(3)
    await appendAt(logstore, 0, 50_000, ['oldest'])
    await appendAt(logstore, 1, 40_000, ['older'])
    await appendAt(logstore, 2, 30_000, ['newer'])
    await appendAt(logstore, 0, 20_000, ['newest'])
    const records = await look(logstore, 3)
    assert.deepEqual(linesOf(records), ['newest', 'newer', 'older'])
    assert.deepEqual(
      records.map(({ shard }) => shard),
      [0, 2, 1],
    )
    assert.deepEqual(
      records.map(({ key }) => String(key)),
      ['content', 'content', 'content'],
    )
  })

  it('gives no more than asked for where there is more', async () => {
    const logstore = await logstoreOf(2)
    const lines = Array.from({ length: 300 }, (_, index) => `line ${index}`)
    for (const shard of [0, 1]) await appendAt(logstore, shard, 0, lines)
    const records = await look(logstore, 4)
    assert.deepEqual(linesOf(records), ['line 299', 'line 298', 'line 297', 'line 296'])
  })

  it('steps back through old shards up to the earliest record', async () => {
    const logstore = await logstoreOf(4)
    await appendAt(logstore, 0, 40 * DAY, ['a month ago'])
    await appendAt(logstore, 1, 2 * DAY, ['the day before yesterday'])
    await appendAt(logstore, 2, 5 * MINUTE, ['a moment ago'])
    const wanted = ['a moment ago', 'the day before yesterday', 'a month ago']
    assert.deepEqual(linesOf(await look(logstore, 10)), wanted)
    assert.deepEqual(linesOf(await look(logstore, 1)), ['a moment ago'])
  })

  it('gives nothing of a logstore that is empty', async () => {
    assert.deepEqual(await look(await logstoreOf(2), 5), [])
  })

  for (const codec of CODECS) {
    it(`reads batches compressed with ${codec}`, async () => {
      const logstore = await logstoreOf(1)
      await endpoint.appendBatch(logstore, 0, compressedBatch('java', codec))
      assert.deepEqual(linesOf(await look(logstore, 100)).sort(), [...LINES].sort())
    })
  }

  it('steps over log groups without a record', async () => {
    const logstore = await logstoreOf(1)
    await appendAt(logstore, 0, MINUTE, ['kept'])
    await endpoint.appendFiltered(logstore, 0, [null, null])
    assert.deepEqual(linesOf(await look(logstore, 5)), ['kept'])
  })

  it('leaves out a shard that is refused, and throws if all are', async () => {
    const logstore = await logstoreOf(2)
    for (const shard of [0, 1]) await appendAt(logstore, shard, 0, [`shard ${shard}`])
    const which = { api: 'Fetch', logstore }
    await endpoint.failRequests('KAFKA_STORAGE_ERROR', { ...which, shard: 0 })
    assert.deepEqual(linesOf(await look(logstore, 5)), ['shard 1'])
    await endpoint.failRequests('KAFKA_STORAGE_ERROR', { ...which, shard: 1 })
    await assert.rejects(look(logstore, 5), { type: 'KAFKA_STORAGE_ERROR' })
  })

  it('waits no longer than it may', async () => {
    const logstore = await logstoreOf(1)
    await appendAt(logstore, 0, 0, ['unreachable'])
    await endpoint.dropAnswers({ api: 'Fetch' })
    await assert.rejects(look(logstore, 5, 200), { code: 'ETIMEDOUT' })
  })

  it('says that the logstore does not exist', async () => {
    await assert.rejects(look('no-such-log', 5), { type: 'UNKNOWN_TOPIC_OR_PARTITION' })
  })

  it('joins no group, commits nothing and leaves no connection', async () => {
    const logstore = await logstoreOf(1)
    await appendAt(logstore, 0, 0, ['one'])
    assert.equal((await look(logstore, 5)).length, 1)
    while ((await endpoint.state()).connections.open > 0);
    const { groups, requests } = await endpoint.state()
    assert.deepEqual(groups, [])
    assert.deepEqual(await endpoint.commits(), [])
    const ofGroups = ['FindCoordinator', 'JoinGroup', 'SyncGroup', 'OffsetCommit', 'OffsetFetch']
    assert.deepEqual(
      ofGroups.filter((api) => api in requests),
      [],
    )
  })
})

describe('kafka/latest-records', () => {
  it('reads no more than it may of a shard that never ends', async () => {
    let fetched = 0n
    const endless: RecordReader = {
      endOffsets: () => Promise.resolve(new Map([[0, 1_000_000n]])),
      earliestOffsets: () => Promise.resolve(new Map([[0, 0n]])),
      offsetsAt: () => Promise.resolve(new Map([[0, 0n]])),
      fetch: (from) => {
        const offset = from.get(0) ?? 0n
        fetched++
        const text = 'x'.repeat(1_000)
        const records = [{ ...record(offset, text), timestamp: Number(offset) }]
        const found = { records, next: offset + 1n, highWatermark: 1_000_000n }
        const kinds = { codecs: new Set<number>(), formats: new Set<number>() }
        return Promise.resolve([{ shard: 0, ...found, ...kinds, failure: null }])
      },
    }
    const records = await readLatestRecords(endless, { count: 3, maxBytes: 10_000 })
    assert.equal(fetched, 10n)
    assert.deepEqual(
      records.map(({ offset }) => offset),
      ['9', '8', '7'],
    )
  })
})
