import assert from 'node:assert/strict'
import { compileConsumerOptions } from '../../../lib/config/consumer-options'
import type { Delivery } from '../../../lib/delivery/delivery'
import { FlowOutput } from '../../../lib/delivery/flow-output'
import { InFlightLimit } from '../../../lib/delivery/in-flight-limit'
import { OnAckProcessor } from '../../../lib/delivery/on-ack-processor'
import { ShardDelay } from '../../../lib/delivery/shard-delay'
import { ShardQueue } from '../../../lib/delivery/shard-queue'
import { PROJECT, valid } from '../../../tools/shared/consumer-options'
import { ManualClock } from '../../support/manual-clock'
import { RecordList } from '../../../lib/kafka/records/fetched-records'
import { record } from '../../support/fake-source'

const SEEDS = 200
const STEPS = 200

/** A seeded generator, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** One shard with acks, and a commit whose response comes when a test decides. */
class Shard {
  readonly clock = new ManualClock()
  readonly processor: OnAckProcessor
  readonly undone = new Set<number>()
  commitUnderWay: bigint | null = null
  #fetchedTo = 0n

  constructor() {
    const settings = { logstore: 'nginx-access', group: 'b', commit: 'onAck', retryDelay: '100' }
    const options = valid(compileConsumerOptions(settings, PROJECT))
    const ack = options.ack ?? assert.fail('no acks')
    const limit = new InFlightLimit(ack.maxInFlight)
    this.processor = new OnAckProcessor(new ShardQueue(0, new ShardDelay(0)), 1, {
      ack,
      batch: { size: 1, waitMs: 0 },
      lowMark: 1,
      clock: this.clock,
      output: new FlowOutput(options, {
        send: (message) => this.undone.add(Number(message.offset)),
        sendDeadLetter: () => assert.fail('no dead letters'),
        onRecordError: () => undefined,
        onContained: (error) => assert.fail(String(error)),
      }),
      limit,
      membership: '0a',
      commitSentAtMs: () => (this.commitUnderWay === null ? null : this.clock.monotonic()),
      onDone: ({ offset }) => this.undone.delete(Number(offset)),
    })
    limit.divide([this.processor.share])
  }

  fetch(gap: number): void {
    const offset = this.#fetchedTo + BigInt(gap)
    this.#fetchedTo = offset + 1n
    const records = new RecordList([record(offset, 'x')])
    this.processor.queue.push(records, this.#fetchedTo, this.clock.monotonic(), this.clock.now())
  }

  send(): void {
    const nowMs = this.clock.monotonic()
    const dueAtMs = this.processor.dueAtMs(nowMs)
    if (dueAtMs !== null && dueAtMs <= nowMs) this.processor.sendNext(nowMs, this.clock.now())
  }

  /** Reports one of the possible outcomes of a delivery. */
  report(delivery: Delivery, choice: number): void {
    const { attempt } = delivery
    const reason = { text: 'no' }
    if (choice < 0.7) this.processor.acked(delivery, attempt)
    else if (choice < 0.95) this.processor.failed(delivery, attempt, { kind: 'nack', reason })
    else this.processor.failed(delivery, attempt, { kind: 'reject', reason })
  }

  get fetchedTo(): bigint {
    return this.#fetchedTo
  }
}

describe('delivery: the committed offset', () => {
  it('never lies beyond a record that is not done, in any order of events', async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const next = random(seed)
      const shard = new Shard()
      const { processor } = shard
      for (let step = 0; step < STEPS; step++) {
        const where = `seed ${seed}, step ${step}`
        const choice = next()
        const deliveries = processor.window.deliveries()
        const delivery = deliveries[Math.floor(next() * deliveries.length)]
        if (choice < 0.3) shard.fetch(Math.floor(next() * 5))
        else if (choice < 0.6) shard.send()
        else if (choice < 0.85 && delivery) shard.report(delivery, next())
        else if (choice < 0.9) processor.restart(shard.clock.monotonic())
        else await shard.clock.advance(Math.floor(next() * 300))
        const due = processor.committable.due()
        if (due !== null) {
          for (const left of shard.undone) assert.ok(BigInt(left) >= due, where)
          shard.commitUnderWay ??= due
        }
        if (shard.commitUnderWay !== null && next() < 0.5) {
          if (next() < 0.8) processor.committed(shard.commitUnderWay)
          shard.commitUnderWay = null
        }
        const records = processor.window.deliveries()
        const inFlight = records.filter(({ state }) => state.name !== 'stopped')
        assert.equal(processor.window.inFlight, inFlight.length, where)
        assert.equal(shard.undone.size, records.length, where)
      }
      await finish(shard)
      const { window, committable } = processor
      assert.deepEqual([window.inFlight, window.bytes, window.oldest], [0, 0, null])
      assert.equal(committable.due() ?? committable.committed, shard.fetchedTo || null)
    }
  })
})

/** Acknowledges everything, like a repaired flow. */
async function finish(shard: Shard): Promise<void> {
  const { processor, clock } = shard
  while (processor.queue.length > 0 || processor.window.oldest) {
    processor.restart(clock.monotonic())
    shard.send()
    for (const delivery of processor.window.deliveries()) {
      if (delivery.state.name === 'sent') processor.acked(delivery, delivery.attempt)
    }
    await clock.advance(60_000)
  }
}
