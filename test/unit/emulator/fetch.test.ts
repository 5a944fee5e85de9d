import assert from 'node:assert/strict'
import type { Emulator } from '../../../emulator/emulator'
import { ErrorCode } from '../../../emulator/protocol/error-codes'
import { decodeRecordBatches } from '../../../emulator/protocol/record-batch'
import type { Writer } from '../../../emulator/protocol/writer'
import { startEndpoint, textLogs } from './support/endpoint'
import { RawClient } from './support/raw-client'

const FETCH = 1
const METADATA = 3
const WEB = 'web-log'
const FIRST = 51247n << 17n
const GROUP = 1n << 17n
const LONG_MS = 60_000

interface FetchRequest {
  readonly offsets: readonly bigint[]
  readonly maxWaitMs?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly logstore?: string
}

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
    client.send(FETCH, 4, fetchBody({ offsets: [FIRST, FIRST], maxWaitMs: LONG_MS }))
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

  interface Result {
    readonly error: number
    readonly highWatermark: bigint
    readonly values: readonly string[]
  }

  async function fetchFrom(request: FetchRequest): Promise<Result[]> {
    const answer = await client.request(FETCH, 4, fetchBody(request))
    answer.int32() // throttle
    const topics = answer.array(() => {
      answer.string()
      return answer.array(() => {
        answer.int32()
        const error = answer.int16()
        const highWatermark = answer.int64()
        answer.int64()
        answer.nullableArray(() => undefined)
        const values = decodeRecordBatches(answer.bytes())
          .flat()
          .map(({ value }) => String(value))
        return { error, highWatermark, values }
      })
    })
    assert.equal(answer.remaining, 0)
    return topics.flat()
  }
})

/** Fetch v4 of shards 0, 1, ... from these offsets. */
function fetchBody(request: FetchRequest): (writer: Writer) => void {
  const { offsets, maxWaitMs = 0, minBytes = 1, maxBytes = 1 << 20, logstore = WEB } = request
  return (writer) => {
    writer.int32(-1).int32(maxWaitMs).int32(minBytes).int32(maxBytes).int8(0)
    writer.int32(1).string(logstore).int32(offsets.length)
    offsets.forEach((offset, shard) => writer.int32(shard).int64(offset).int32(maxBytes))
  }
}
