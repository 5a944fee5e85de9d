import type { Clock } from '../clock'
import type { SlsKafkaError } from '../errors'
import type { BufferedLog } from './write-batch'

/** Logs whose calls are settled in one turn of the event loop. Each can run code of the flow. */
const LOGS_PER_TURN = 1_000

interface Outcome {
  readonly logs: readonly BufferedLog[]
  readonly settle: (log: BufferedLog, index: number) => void
}

/** Settles calls, some in each turn of the event loop, because one response can settle thousands. */
export class OutcomeQueue {
  readonly #clock: Clock
  readonly #outcomes: Outcome[] = []
  /** Settled logs of the first outcome. */
  #at = 0
  #isScheduled = false
  #whenEmpty: (() => void)[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  written(logs: readonly BufferedLog[], shard: number, baseOffset: bigint | null): void {
    this.#add({
      logs,
      settle: ({ call }, index) => {
        call.written(shard, baseOffset, index)
      },
    })
  }

  failed(logs: readonly BufferedLog[], error: SlsKafkaError): void {
    this.#add({
      logs,
      settle: ({ call, index }) => {
        call.failed(error, index)
      },
    })
  }

  /** Resolves when all queued outcomes are settled. */
  async empty(): Promise<void> {
    if (this.#outcomes.length > 0) await new Promise<void>((done) => this.#whenEmpty.push(done))
  }

  #add(outcome: Outcome): void {
    if (outcome.logs.length === 0) return
    this.#outcomes.push(outcome)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#clock.soon(() => {
      this.#isScheduled = false
      this.#settleSome()
    })
  }

  #settleSome(): void {
    let left = LOGS_PER_TURN
    for (let [outcome] = this.#outcomes; outcome && left > 0; [outcome] = this.#outcomes) {
      const { logs, settle } = outcome
      const end = Math.min(logs.length, this.#at + left)
      left -= end - this.#at
      for (; this.#at < end; this.#at++) {
        const log = logs[this.#at]
        if (log) settle(log, this.#at)
      }
      if (end < logs.length) break
      this.#outcomes.shift()
      this.#at = 0
    }
    if (this.#outcomes.length > 0) this.#schedule()
    else for (const done of this.#whenEmpty.splice(0)) done()
  }
}
