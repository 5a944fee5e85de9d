import assert from 'node:assert/strict'
import type { Emulator } from '../../../tools/emulator/emulator'
import { ErrorCode } from '../../../tools/emulator/protocol/error-codes'
import { startEndpoint, textLogs } from './support/endpoint'
import { fetchBody, fetchShards, type FetchRequest, type ShardAnswer } from './support/fetch'
import { RawClient } from './support/raw-client'

const FETCH = 1
const METADATA = 3
const WEB = 'web-log'
const FIRST = 51247n << 17n
const GROUP = 1n << 17n
const LONG_MS = 60_000

describe('Fetch', () => {
  let endpoint: Emulator
  let client: RawClient

  const start = async (...flags: string[]): Promise<void> => {
    endpoint = await startEndpoint(['--logstore', `${WEB}:2`, ...flags])
    client = await (await RawClient.connect(endpoint)).login(endpoint)
  }
  const append = (...texts: string[]): void => {
    endpoint.project.logstore(WEB)?.append(textLogs(...texts), { shard: 0, groupSize: 1 })
  }

  afterEach(async () => {
    client.close()
    await endpoint.stop()
  })

  it('waits for min_bytes until something is appended, and holds up what is behind it', async () => {
    await start()
    client.send(FETCH, 4, fetchBody(WEB, { offsets: [FIRST, FIRST], maxWaitMs: LONG_MS }))
    client.send(METADATA, 0, (writer) => writer.int32(0))
    const first = client.receive()
    setImmediate(() => {
      append('news')
    })
    assert.ok((await first).includes('news'), 'the answer to Fetch comes first')
    assert.ok((await client.receive()).includes('localhost'))
  })

  it('gives up after max_wait', async () => {
    await start()
    const began = Date.now()
    const [result] = await fetchFrom({ offsets: [FIRST], maxWaitMs: 50 })
    assert.ok(Date.now() - began >= 49)
    assert.deepEqual(result, { error: 0, highWatermark: FIRST, values: [] })
  })

  it('does not wait when min_bytes is 0, or when there is an error to tell', async () => {
    await start()
    await fetchFrom({ offsets: [FIRST], maxWaitMs: LONG_MS, minBytes: 0 })
    const [result] = await fetchFrom({ offsets: [FIRST - 1n], maxWaitMs: LONG_MS })
    assert.equal(result?.error, ErrorCode.OFFSET_OUT_OF_RANGE)
  })

  it('gives the first batch whole, however small the limit', async () => {
    await start()
    append('a', 'b')
    const [result] = await fetchFrom({ offsets: [FIRST], maxBytes: 1 })
    assert.deepEqual(result?.values, ['a'])
    assert.equal(result.highWatermark, FIRST + 2n * GROUP)
  })

  it('gives the next log group for an offset in a gap', async () => {
    await start()
    append('a', 'b')
    const [result] = await fetchFrom({ offsets: [FIRST + 1n] })
    assert.deepEqual(result?.values, ['b'])
  })

  it('refuses an offset that has been dropped', async () => {
    await start('--retention-mib', '1')
    for (const letter of ['a', 'b', 'c']) append(letter.repeat(500_000))
    const [dropped] = await fetchFrom({ offsets: [FIRST] })
    assert.equal(dropped?.error, ErrorCode.OFFSET_OUT_OF_RANGE)
    const [kept] = await fetchFrom({ offsets: [FIRST + GROUP] })
    assert.equal(kept?.values[0]?.[0], 'b')
  })

  it('knows no other logstore and no further shard', async () => {
    await start()
    const [other] = await fetchFrom({ offsets: [FIRST], logstore: 'other' })
    assert.equal(other?.error, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    const results = await fetchFrom({ offsets: [FIRST, FIRST, FIRST] })
    assert.deepEqual(
      results.map(({ error }) => error),
      [0, 0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    )
  })

  it('makes no fetch sessions', async () => {
    await start()
    const answer = await client.request(FETCH, 7, (writer) =>
      writer.int32(-1).int32(0).int32(0).int32(0).int8(0).int32(5).int32(1).int32(0).int32(0),
    )
    assert.equal(answer.int32(), 0)
    assert.equal(answer.int16(), ErrorCode.FETCH_SESSION_ID_NOT_FOUND)
  })

  function fetchFrom(request: FetchRequest): Promise<ShardAnswer[]> {
    return fetchShards(client, WEB, request)
  }
})
