import assert from 'node:assert/strict'
import type { OutgoingRequest } from '../../../lib/kafka/produce/producer-types'
import { BatchSender } from '../../../lib/writer/batch-sender'
import type { BufferedLog } from '../../../lib/writer/write-batch'
import { WriteCall } from '../../../lib/writer/write-call'
import { decodeRecordBatches } from '../../../tools/emulator/protocol/record-batch'
import { ManualClock } from '../../support/manual-clock'

const BATCH_LOGS = 2
const CALL = new WriteCall(1)

describe('writer/batch-sender', () => {
  let clock: ManualClock
  let sender: BatchSender

  beforeEach(() => {
    clock = new ManualClock()
    const limits = { records: BATCH_LOGS, bytes: 1_000 }
    sender = new BatchSender(
      { order: 'spread', name: 'writer', compression: 'none', limits, lingerMs: 0 },
      {
        clock,
        shards: () => [0],
        isReachable: () => true,
        onWritten: () => undefined,
        onRefused: () => assert.fail('refused'),
        onTooOld: () => undefined,
        onStuck: () => assert.fail('stuck'),
      },
    )
  })

  function add(...texts: readonly string[]): void {
    for (const text of texts) sender.add(logOf(text))
  }

  function logOf(text: string): BufferedLog {
    const record = { key: null, value: text, timestamp: clock.now() }
    const addedMs = clock.monotonic()
    return { topic: 'app-log', record, bytes: text.length, call: CALL, index: 0, addedMs }
  }

  function take(): OutgoingRequest {
    return sender.take([0]) ?? assert.fail('nothing to send')
  }

  async function textsOf({ batches }: OutgoingRequest): Promise<string[]> {
    const encoded = await Promise.all(batches.map((batch) => batch.encode()))
    return encoded.flatMap((bytes) =>
      decodeRecordBatches(bytes).flatMap((records) => records.map(({ value }) => String(value))),
    )
  }

  /** Whether each waiting batch is encoded. */
  function encoded(): boolean[] {
    return sender.queue.batches.map(({ isEncoded }) => isEncoded)
  }

  it('encodes batches that are full while a request is under way, and no others', async () => {
    add('a', 'b', 'c')
    await clock.settle()
    assert.deepEqual(encoded(), [false, false], 'no request is under way')
    take()
    add('d', 'e')
    await clock.settle()
    assert.deepEqual(encoded(), [true, false])
  })

  it('encodes a batch again whose logs have changed', async () => {
    add('a', 'b')
    take()
    add('c', 'd')
    await clock.settle()
    assert.deepEqual(encoded(), [true])
    sender.queue.remove(({ record }) => record.value === 'c')
    assert.deepEqual(encoded(), [false])
    assert.deepEqual(await textsOf(take()), ['d'])
  })

  it('encodes all logs of a batch that loses one and gets another before its turn', async () => {
    add('first', 'second')
    take()
    add('c', 'd')
    // No turn has passed since the batch was full.
    sender.queue.remove(({ record }) => record.value === 'c')
    await clock.settle()
    add('e')
    assert.deepEqual(await textsOf(take()), ['d', 'e'])
  })

  it('encodes no more batches ahead than a request can take', async () => {
    add('a')
    take()
    add('b', 'c', 'd', 'e')
    await clock.settle()
    assert.deepEqual(encoded(), [true, false])
  })

  it('sends the same bytes again after an attempt without a response', async () => {
    add('a', 'b')
    const first = take()
    const bytes = await first.batches[0]?.encode()
    first.batches[0]?.settle({ type: 'unanswered', error: new Error('closed') })
    const second = take()
    assert.equal(await second.batches[0]?.encode(), bytes)
    assert.deepEqual(await textsOf(second), ['a', 'b'])
  })
})
