import assert from 'node:assert/strict'
import { encodeRecordBatch } from '../../../../emulator/protocol/record-batch'
import { Writer } from '../../../../emulator/protocol/writer'
import { findingsOf } from '../../../../lib/kafka/hardening/fetched-records'
import * as leanBatches from '../../../../lib/kafka/hardening/lean-batches'
import * as nextOffset from '../../../../lib/kafka/hardening/next-offset'
import * as recordBatches from '../../../../lib/kafka/hardening/record-batches'
import { kafkajsWith } from '../../../support/kafkajs-modules'

const FIRST = 4_587_520_000_000_000_000n

interface Decoded {
  readonly responses: readonly { readonly topicName: string; readonly partitions: Partition[] }[]
  readonly throttleTime: number
  readonly clientSideThrottleTime?: number
}

interface Partition {
  readonly partition: number
  readonly messages: { readonly offset: string }[]
}

interface Batch {
  readonly messages: readonly { readonly offset: string }[]
  isEmptyDueToFiltering(): boolean
  lastOffset(): string
}

interface FetchApi {
  protocol(options: { version: number }): (request: object) => {
    readonly request: object
    readonly response: { decode(bytes: Buffer): Promise<Decoded> }
  }
}

const modules = kafkajsWith(recordBatches, leanBatches)

/** What kafkajs is given for a fetch of shard 3 from the record after the first one. */
async function decoded(version: number): Promise<Decoded> {
  const api = modules.load(recordBatches.file) as FetchApi
  const partitions = [{ partition: 3, fetchOffset: String(FIRST + 1n), maxBytes: 1 }]
  const request = { maxWaitTime: 1, minBytes: 1, maxBytes: 1, topics: [{ topic: 't', partitions }] }
  const { response } = api.protocol({ version })(request)
  const values = ['a', 'b', 'c'].map((value) => ({ timestamp: 0, key: null, value }))
  const records = encodeRecordBatch(FIRST, [...values, null])
  const writer = new Writer().int32(9)
  if (version >= 7) writer.int16(0).int32(0)
  writer.int32(1).string('t').int32(1).int32(3).int16(0).int64(99n).int64(99n)
  if (version >= 5) writer.int64(0n)
  writer.int32(-1)
  if (version >= 11) writer.int32(-1)
  return response.decode(writer.int32(records.length).raw(records).toBuffer())
}

describe('kafka/hardening/record-batches', () => {
  for (const version of [4, 7, 10, 11]) {
    it(`gives kafkajs what our reader reads of version ${version}`, async () => {
      const { responses, throttleTime, clientSideThrottleTime } = await decoded(version)
      const [{ topicName, partitions } = { topicName: '', partitions: [] }] = responses
      const [shard] = partitions
      assert.ok(shard)
      assert.deepEqual([topicName, shard.partition], ['t', 3])
      assert.deepEqual(
        shard.messages.map(({ offset }) => BigInt(offset)),
        [FIRST + 1n, FIRST + 2n],
      )
      assert.equal(findingsOf(shard.messages)?.lastOffset, FIRST + 3n)
      const isLeftToClient = version >= 8
      assert.equal(throttleTime, isLeftToClient ? 0 : 9)
      assert.equal(clientSideThrottleTime, isLeftToClient ? 9 : undefined)
    })
  }

  it('makes batches of kafkajs of it that look at no record again', async () => {
    const Batch = kafkajsWith({
      ...leanBatches,
      rewrite: (original) => nextOffset.rewrite(leanBatches.rewrite(original)),
    }).load(leanBatches.file) as new (topic: string, offset: string, data: unknown) => Batch
    const [response] = (await decoded(10)).responses
    const batch = new Batch('t', String(FIRST + 1n), response?.partitions[0])
    assert.equal(batch.messages, response?.partitions[0]?.messages)
    assert.equal(batch.lastOffset(), String(FIRST + 3n))
    assert.equal(batch.isEmptyDueToFiltering(), false)
  })
})
