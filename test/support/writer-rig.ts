import { compileWriterOptions, type WriterOptions } from '../../lib/config/writer-options'
import type { Broker } from '../../lib/kafka/cluster/brokers'
import type { BrokerListener } from '../../lib/kafka/cluster/broker-connections'
import { LogWriter, type WriterPorts } from '../../lib/writer/log-writer'
import type { WriteResult } from '../../lib/writer/write-call'
import { decodeRecordBatches } from '../../tools/emulator/protocol/record-batch'
import { PROJECT, valid } from '../../tools/shared/consumer-options'
import { FakeCluster, FIRST_BROKER } from './fake-cluster'
import { ManualClock } from './manual-clock'
import type { Fields, ResponseFields } from './emulator-codec'

export const LOGSTORE = 'app-log'
const SECOND_BROKER: Broker = { nodeId: 2, host: 'two.test', port: 9093 }

/** What a broker answers for the batch of one shard: an error code, 0 stores it. */
export type Judge = (shard: number, texts: readonly string[], nodeId: number) => number

/** A writer without sockets, on a clock that a test moves, and the logs that its service has stored. */
export class WriterRig {
  readonly clock = new ManualClock(Date.UTC(2026, 10, 29))
  readonly cluster = new FakeCluster(this.clock)
  readonly writer: LogWriter
  /** Failures, warnings and recoveries, a line each. */
  readonly reports: string[] = []
  /** Topic and text of each log, in the order of writing, by shard. */
  readonly stored = new Map<number, string[]>()
  /** Sizes of all batches that were sent, in order. */
  readonly sizes: number[] = []
  judge: Judge = () => 0
  /** Responses are held back until `answerAll`, if true. */
  isHeld = false
  /** Tells throttling and failures of connections. */
  event: BrokerListener = () => undefined
  readonly #held: (() => void)[] = []

  constructor(
    settings: Readonly<Record<string, unknown>> = {},
    shards = 4,
    ports: Partial<WriterPorts> = {},
  ) {
    this.cluster.brokers = [FIRST_BROKER, SECOND_BROKER]
    this.lead(Array.from({ length: shards }, () => 1))
    this.cluster.on('Produce', (fields, nodeId) => this.#answer(fields, nodeId))
    this.writer = new LogWriter(optionsOf(settings), {
      clock: this.clock,
      clientId: 'writer',
      name: 'writer',
      onFailure: ({ code }) => this.reports.push(code),
      onWarning: ({ code }) => this.reports.push(`warning ${code}`),
      onRecovered: (after) => this.reports.push(`recovered after ${after} s`),
      onContained: (error) => {
        throw error
      },
      createCluster: (onEvent) => {
        this.event = onEvent
        return this.cluster.asCluster
      },
      ...ports,
    })
  }

  /** @param leaders the node id of each shard */
  lead(leaders: readonly number[]): void {
    this.cluster.leaders.set(LOGSTORE, new Map(leaders.entries()))
  }

  async start(): Promise<this> {
    this.writer.start()
    await this.clock.settle()
    return this
  }

  /** Writes and lets the service answer, without the passing of time. */
  async write(payload: unknown, time?: unknown): Promise<WriteResult> {
    const result = this.writer.write(payload, time)
    await this.clock.settle()
    return result
  }

  /** Lets the held responses come, and all later ones at once. */
  async answerAll(): Promise<void> {
    this.isHeld = false
    for (const answer of this.#held.splice(0)) answer()
    await this.clock.settle()
  }

  async close(): Promise<void> {
    const closed = this.writer.close()
    await this.clock.advance(6_000)
    await closed
  }

  /** Texts of all logs that are stored. */
  get texts(): string[] {
    return [...this.stored.values()].flat()
  }

  get state(): string {
    return this.writer.snapshot().state.name
  }

  async #answer(fields: Fields<'Produce'>, nodeId: number): Promise<ResponseFields<'Produce'>> {
    if (this.isHeld) await new Promise<void>((resolve) => this.#held.push(resolve))
    return {
      topics: fields.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partition, records }) => {
          const texts = decodeRecordBatches(records)
            .flat()
            .map(({ value }) => String(value))
          this.sizes.push(texts.length)
          const error = this.judge(partition, texts, nodeId)
          const before = this.stored.get(partition) ?? []
          if (error === 0) this.stored.set(partition, [...before, ...texts])
          const baseOffset = error === 0 ? BigInt(before.length) : -1n
          return { partition, error, baseOffset, earliestOffset: 0n }
        }),
      })),
    }
  }
}

function optionsOf(settings: Readonly<Record<string, unknown>>): WriterOptions {
  return valid(
    compileWriterOptions({ logstore: LOGSTORE, compression: 'none', ...settings }, PROJECT),
  )
}

/** As many different texts. */
export function numbered(count: number, prefix = 'log'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index}`)
}
