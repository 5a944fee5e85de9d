import assert from 'node:assert/strict'
import { SlsKafkaError } from '../../../lib/errors'
import { OutcomeQueue } from '../../../lib/writer/outcome-queue'
import type { BufferedLog } from '../../../lib/writer/write-batch'
import { WriteCall } from '../../../lib/writer/write-call'
import { ManualClock } from '../../support/manual-clock'

class CountedCall extends WriteCall {
  static settled = 0

  override written(shard: number, baseOffset: bigint | null, index: number): void {
    CountedCall.settled++
    super.written(shard, baseOffset, index)
  }
}

function logs(count: number): BufferedLog[] {
  return Array.from({ length: count }, () => ({
    topic: 'app-log',
    record: { key: null, value: 'a', timestamp: 0 },
    bytes: 1,
    call: new CountedCall(1),
    index: 0,
    addedMs: 0,
  }))
}

describe('writer/outcome-queue', () => {
  let clock: ManualClock
  let queue: OutcomeQueue

  beforeEach(() => {
    clock = new ManualClock()
    queue = new OutcomeQueue(clock)
    CountedCall.settled = 0
  })

  it('settles at most 1,000 logs in one turn of the event loop', () => {
    queue.written(logs(1_500), 0, 0n)
    queue.written(logs(700), 1, 0n)
    assert.equal(CountedCall.settled, 0)
    const settled: number[] = []
    while (clock.turn()) settled.push(CountedCall.settled)
    assert.deepEqual(settled, [1_000, 2_000, 2_200])
  })

  it('tells offset and shard of each log, also behind the first thousand', async () => {
    const many = logs(1_200)
    queue.written(many, 3, 2n ** 53n)
    await clock.settle()
    const last = await many[1_199]?.call.result
    assert.deepEqual(last?.shards, { 3: { count: 1, offset: String(2n ** 53n + 1_199n) } })
    const [unknown] = logs(1)
    assert.ok(unknown)
    queue.written([unknown], 0, null)
    await clock.settle()
    assert.deepEqual((await unknown.call.result).shards, { 0: { count: 1, offset: null } })
  })

  it('tells when all calls were told, at once if there are none', async () => {
    await queue.empty()
    const failing = logs(1_001)
    queue.failed(failing, new SlsKafkaError('SLS_UNWRITTEN'))
    let isEmpty = false
    const emptied = queue.empty().then(() => {
      isEmpty = true
    })
    clock.turn()
    await Promise.resolve()
    assert.equal(isEmpty, false)
    await clock.settle()
    await emptied
    assert.equal((await failing[1_000]?.call.result)?.error?.code, 'SLS_UNWRITTEN')
  })
})
