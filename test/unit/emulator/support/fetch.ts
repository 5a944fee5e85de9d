import assert from 'node:assert/strict'
import { decodeRecordBatches } from '../../../../tools/emulator/protocol/record-batch'
import type { Writer } from '../../../../tools/emulator/protocol/writer'
import type { RawClient } from './raw-client'

const FETCH = 1

export interface FetchRequest {
  /** Of shards 0, 1, ... */
  readonly offsets: readonly bigint[]
  readonly maxWaitMs?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  /** Instead of the one that is asked for otherwise. */
  readonly logstore?: string
}

export interface ShardAnswer {
  readonly error: number
  readonly highWatermark: bigint
  readonly values: readonly string[]
}

export interface FetchAnswer {
  readonly throttleMs: number
  readonly shards: readonly { error: number; highWatermark: bigint; records: Buffer }[]
}

/** Fetches with version 4 and decodes what comes. */
export async function fetchShards(
  client: RawClient,
  logstore: string,
  request: FetchRequest,
): Promise<ShardAnswer[]> {
  const { shards } = await fetchRaw(client, logstore, request)
  return shards.map(({ error, highWatermark, records }) => ({
    error,
    highWatermark,
    values: decodeRecordBatches(records)
      .flat()
      .map(({ value }) => String(value)),
  }))
}

/** Fetches with version 4. */
export async function fetchRaw(
  client: RawClient,
  logstore: string,
  request: FetchRequest,
): Promise<FetchAnswer> {
  const answer = await client.request(FETCH, 4, fetchBody(logstore, request))
  const throttleMs = answer.int32()
  const topics = answer.array(() => {
    answer.string()
    return answer.array(() => {
      answer.int32()
      const error = answer.int16()
      const highWatermark = answer.int64()
      answer.int64()
      answer.nullableArray(() => undefined)
      return { error, highWatermark, records: answer.bytes() }
    })
  })
  assert.equal(answer.remaining, 0)
  return { throttleMs, shards: topics.flat() }
}

export function fetchBody(topic: string, request: FetchRequest): (writer: Writer) => void {
  const { offsets, maxWaitMs = 0, minBytes = 1, maxBytes = 1 << 20, logstore = topic } = request
  return (writer) => {
    writer.int32(-1).int32(maxWaitMs).int32(minBytes).int32(maxBytes).int8(0)
    writer.int32(1).string(logstore).int32(offsets.length)
    offsets.forEach((offset, shard) => writer.int32(shard).int64(offset).int32(maxBytes))
  }
}
