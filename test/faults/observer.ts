import { statusOf } from '../../lib/monitoring/status'
import type { RunningConsumer } from '../support/running-consumer'
import type { Report, StatusChange } from './measurements'

/** Far below the second of tolerance that the bounds allow. */
const SAMPLE_INTERVAL_MS = 50

/**
 * Looks at a consumer twenty times a second, and notes when its status changed, when records reached
 * the flow and what was reported. Times are `performance.now()`.
 */
export class Observer {
  readonly statuses: StatusChange[] = []
  readonly reports: Report[] = []
  readonly #consumer: RunningConsumer
  readonly #deliveries: number[][]
  readonly #reportLists: readonly (() => readonly string[])[]
  readonly #reported: number[]
  readonly #timer: NodeJS.Timeout
  #messages = 0

  constructor(consumer: RunningConsumer, shards: number) {
    this.#consumer = consumer
    this.#deliveries = Array.from({ length: shards }, () => [])
    this.#reportLists = [
      () => consumer.failures.map(({ code }) => `failure ${code}`),
      () => consumer.warnings.map(({ code }) => `warning ${code}`),
      () => consumer.recordErrors.map(({ code }) => `record error ${code}`),
      () => consumer.contained.map((error) => `exception ${String(error)}`),
      () => consumer.recoveries.map(() => 'recovered'),
      () => consumer.assignments.map(() => 'joined'),
    ]
    this.#reported = this.#reportLists.map(() => 0)
    this.#timer = setInterval(() => {
      this.#sample()
    }, SAMPLE_INTERVAL_MS)
  }

  /** By shard, ascending. */
  get deliveries(): readonly (readonly number[])[] {
    return this.#deliveries
  }

  /** Whether every shard has delivered a record since a moment. */
  hasDeliveredSince(sinceMs: number): boolean {
    return this.#deliveries.every((timesMs) => (timesMs.at(-1) ?? -Infinity) >= sinceMs)
  }

  get isGreen(): boolean {
    return this.statuses.at(-1)?.fill === 'green'
  }

  end(): void {
    clearInterval(this.#timer)
  }

  #sample(): void {
    const atMs = performance.now()
    const { fill } = statusOf(this.#consumer.snapshot())
    if (this.statuses.at(-1)?.fill !== fill) this.statuses.push({ atMs, fill })
    const { messages } = this.#consumer
    for (; this.#messages < messages.length; this.#messages += 1) {
      this.#deliveries[messages[this.#messages]?.partition ?? 0]?.push(atMs)
    }
    this.#reportLists.forEach((listOf, index) => {
      const causes = listOf()
      for (const cause of causes.slice(this.#reported[index])) this.reports.push({ atMs, cause })
      this.#reported[index] = causes.length
    })
  }
}
