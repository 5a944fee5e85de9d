import assert from 'node:assert/strict'
import type { ConsumerSettings } from '../../../lib/config/consumer-options'
import type { BatchMessage } from '../../../lib/delivery/message'
import type { Outcome } from '../../../lib/delivery/outcome'
import { consumerRig, numbered, type ConsumerRig, type RigPorts } from '../../support/consumer-rig'
import type { FakeSource } from '../../support/fake-source'
import { ack, report } from '../../support/reported-outcome'

const INTERVAL = 5_000

function partOf(id: string, index: number, count: number): Outcome {
  return { kind: 'ack', parts: { id, index, count, outer: null } }
}

/** Delays the responses to commits until the returned function is called. */
function holdCommits(source: FakeSource): () => void {
  let open: () => void = () => undefined
  source.gate = new Promise((resolve) => (open = resolve))
  return () => {
    source.gate = Promise.resolve()
    open()
  }
}

function reset(source: FakeSource): void {
  source.emit({ type: 'position-reset', reset: { shard: 0, previousOffset: '0', newOffset: '0' } })
}

describe('delivery, while a reset, a seek or another consumer interferes,', () => {
  const rigs: ConsumerRig[] = []

  async function join(
    settings: ConsumerSettings = {},
    ports: RigPorts = {},
    shards: readonly number[] = [0],
  ): Promise<ConsumerRig> {
    const rig = consumerRig({}, { commit: 'onAck', ...settings }, ports)
    rigs.push(rig)
    rig.consumer.start()
    await rig.clock.settle()
    rig.source().assign(shards)
    await rig.clock.settle()
    return rig
  }

  /** Acknowledges everything that comes, for a minute. */
  async function ackAll({ sent, clock }: ConsumerRig, from = 0): Promise<void> {
    let done = from
    for (let second = 0; second < 60; second++) {
      if (sent.length > done) ack(...sent.slice(done))
      done = sent.length
      await clock.advance(1_000)
    }
  }

  afterEach(async () => {
    for (const { consumer, clock } of rigs.splice(0)) {
      const closed = consumer.close()
      await clock.advance(5_000)
      await closed
      assert.equal(clock.pending, 0)
    }
  })

  it('sends more records of every consumer whose records a sequence completes', async () => {
    const rig = await join({ maxInFlight: '2' })
    const other = await join({ maxInFlight: '2' })
    for (const { source, clock } of [rig, other]) {
      source().deliver(0, 0n, numbered(4))
      await clock.settle()
    }
    const all = [...rig.sent, ...other.sent]
    assert.equal(all.length, 4)
    for (const [index, message] of all.entries()) {
      report([message], partOf('of two consumers', index, 4))
      await rig.clock.settle()
      await other.clock.settle()
    }
    assert.deepEqual([rig.sent.length, other.sent.length], [4, 4])
  })

  it('commits lower offsets after a reset during a commit', async () => {
    const rig = await join()
    rig.source().deliver(0, 5_000n, numbered(10))
    await rig.clock.settle()
    ack(...rig.sent)
    const answer = holdCommits(rig.source())
    await rig.clock.advance(INTERVAL)
    reset(rig.source())
    answer()
    await rig.clock.settle()
    rig.source().deliver(0, 0n, numbered(3_000))
    await ackAll(rig, 10)
    assert.equal(rig.sent.length, 3_010)
    assert.equal(rig.source().committed[0], '3000')
  })

  it('continues after a reset with more queued records than its window holds', async () => {
    const rig = await join()
    rig.source().deliver(0, 5_000n, numbered(3_000))
    await rig.clock.settle()
    reset(rig.source())
    await ackAll(rig)
    assert.equal(rig.sent.length, 3_000)
    assert.deepEqual(rig.source().commits, [])
  })

  it('commits no offset from before a reset with commit onSend', async () => {
    const rig = await join({ commit: 'onSend', maxRate: '10' })
    rig.source().deliver(0, 5_000n, numbered(100))
    await rig.clock.advance(1_000)
    reset(rig.source())
    rig.source().deliver(0, 0n, numbered(20))
    await rig.clock.advance(60_000)
    assert.deepEqual(rig.source().committed, { 0: '20' })
    assert.ok(rig.source().commits.every((commit) => Number(commit[0]) <= 20))
  })

  it('commits nothing beyond a dead letter that lies among the records of a torn batch', async () => {
    const settings = { emit: 'batch', batchSize: '4', format: 'json', onExhausted: 'output' }
    const rig = await join(settings, {
      beforeSend: (message) => {
        if ((message as BatchMessage).records.length > 1) throw new Error('cannot be copied')
      },
    })
    rig.source().deliver(0, 0n, ['{}', '{', '{}', '{}'])
    await rig.clock.settle()
    ack(...rig.sent.filter(({ offset }) => offset === '0'))
    await rig.clock.advance(INTERVAL)
    assert.deepEqual(rig.source().committed, { 0: '1' })
  })

  it('commits no offset from before a reset that comes in the middle of a batch', async () => {
    const settings = { emit: 'batch', batchSize: '5', format: 'json', onExhausted: 'output' }
    const rig = await join({ ...settings, batchWait: '1' })
    rig.source().deliver(0, 100n, ['{}', '{', '{}'])
    await rig.clock.settle()
    reset(rig.source())
    rig.source().deliver(0, 0n, ['{}', '{}'])
    await rig.clock.settle()
    ack(...rig.sent)
    await rig.clock.advance(INTERVAL)
    assert.deepEqual(rig.source().committed, {})
    ack(...rig.deadLetters)
    await rig.clock.advance(INTERVAL)
    assert.deepEqual(rig.source().committed, { 0: '2' })
  })

  it('sends a Buffer again unchanged, although the flow has changed its copy', async () => {
    const rig = await join({ format: 'buffer' })
    rig.source().deliver(0, 0n, ['abc'])
    await rig.clock.settle()
    ;(rig.sent[0]?.payload as Buffer).fill(0)
    report(rig.sent, { kind: 'nack', reason: { text: 'no' } })
    await rig.clock.advance(2_000)
    assert.equal(String(rig.sent[1]?.payload), 'abc')
  })

  it('commits done records again after a seek that failed in part', async () => {
    const rig = await join({}, {}, [0, 1])
    const source = rig.source()
    for (const shard of [0, 1]) {
      source.ranges.set(shard, { earliest: 0n, end: 1_000n })
      source.deliver(shard, 0n, numbered(10))
    }
    await rig.clock.settle()
    ack(...rig.sent.filter(({ offset }) => Number(offset) < 5))
    await rig.clock.advance(INTERVAL)
    source.outcome = 'failed'
    source.takenAlone = new Set([0])
    await assert.rejects(rig.executor.seek({ edge: 'latest' }, null))
    source.outcome = 'committed'
    await rig.clock.advance(INTERVAL)
    assert.deepEqual(source.committed, { 0: '5', 1: '5' })
  })

  it('commits the offset of an idle shard again while another one is busy', async () => {
    const rig = await join({}, {}, [0, 1])
    const source = rig.source()
    source.deliver(1, 0n, numbered(1))
    await rig.clock.settle()
    ack(...rig.sent)
    await rig.clock.advance(INTERVAL)
    const before = source.commits.length
    for (let index = 0; index < 65; index++) {
      source.deliver(0, BigInt(index), ['x'])
      await rig.clock.settle()
      ack(...rig.sent.slice(-1))
      await rig.clock.advance(10_000)
    }
    assert.ok(source.commits.slice(before).some((commit) => commit[1] === '1'))
  })
})
