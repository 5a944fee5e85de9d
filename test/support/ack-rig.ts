import assert from 'node:assert/strict'
import type { ConsumerSettings } from '../../lib/config/consumer-options'
import type { LogConsumer } from '../../lib/consumer/log-consumer'
import type { CommandExecutor } from '../../lib/consumer/command-executor'
import type { RecordMessage } from '../../lib/delivery/message'
import { consumerRig, type ConsumerRig } from './consumer-rig'
import type { FakeSource } from './fake-source'
import type { ManualClock } from './manual-clock'

interface Start {
  /** The shards that are assigned; shard 0 gets the values. */
  readonly shards: readonly number[]
  /** The offset of the first value. */
  readonly from: bigint
}

const COMMIT_INTERVAL_MS = 5_000
/** A close can wait for acks, by the clock of the rig. */
const CLOSE_MS = 5_000

/** A consumer with commit `onAck` for each test of the `describe` that makes the rig. */
export class AckRig {
  #rig: ConsumerRig | null = null

  constructor() {
    afterEach(async () => {
      const { consumer, clock } = this.#started
      const closed = consumer.close()
      await clock.advance(CLOSE_MS)
      await closed
      assert.equal(clock.pending, 0, 'timers that are left')
    })
  }

  /** Starts the consumer, assigns its shards and delivers the values. */
  async start(
    values: readonly string[],
    settings: ConsumerSettings = {},
    { shards = [0], from = 10n }: Partial<Start> = {},
  ): Promise<void> {
    this.#rig = consumerRig({}, { commit: 'onAck', ...settings })
    this.consumer.start()
    this.source.assign(shards)
    if (values.length > 0) await this.deliver(from, values)
  }

  /** Delivers values to shard 0 and sends what the limits allow. */
  async deliver(from: bigint, values: readonly string[]): Promise<void> {
    this.source.deliver(0, from, values)
    await this.clock.settle()
  }

  /** The next membership: the client fails, joins again and fetches the values once more. */
  async rejoin(values: readonly string[]): Promise<void> {
    this.source.fail(new Error('gone'))
    await this.clock.advance(3_000)
    this.source.assign([0])
    await this.deliver(10n, values)
  }

  get consumer(): LogConsumer {
    return this.#started.consumer
  }

  get executor(): CommandExecutor {
    return this.#started.executor
  }

  get clock(): ManualClock {
    return this.#started.clock
  }

  get source(): FakeSource {
    return this.#started.source()
  }

  get messages(): readonly RecordMessage[] {
    return this.#started.sent
  }

  get payloads(): unknown[] {
    return this.#started.payloads()
  }

  get deadLetters(): readonly RecordMessage[] {
    return this.#started.deadLetters
  }

  /** `code offset` of each. */
  get recordErrors(): readonly string[] {
    return this.#started.recordErrors
  }

  get warnings(): readonly string[] {
    return this.#started.warnings
  }

  get inFlight(): number {
    return this.consumer.snapshot().inFlight
  }

  /** The nth message that was sent, from 0; from the last one if negative. */
  message(index: number): RecordMessage {
    return this.messages.at(index) ?? assert.fail(`message ${index} was not sent`)
  }

  /** What is committed after the next commit interval, by shard. */
  async committed(): Promise<Record<number, string>> {
    await this.clock.advance(COMMIT_INTERVAL_MS)
    return this.source.committed
  }

  get #started(): ConsumerRig {
    return this.#rig ?? assert.fail('the rig is not started')
  }
}
