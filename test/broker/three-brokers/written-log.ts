import { setTimeout as delay } from 'node:timers/promises'
import type { Tools } from '../../../tools/shared/apache-kafka/tools'

const INTERVAL_MS = 100

/** Writes lines to every shard, each at its own pace: a shard without a leader holds up no other. */
export class LogWriter {
  readonly #tools: Tools
  readonly #logstore: string
  readonly #shards: number
  #stop: AbortController | null = null
  #writing: Promise<unknown> = Promise.resolve()

  constructor(tools: Tools, logstore: string, shards: number) {
    this.#tools = tools
    this.#logstore = logstore
    this.#shards = shards
  }

  start(): void {
    const stop = new AbortController()
    this.#stop = stop
    const shards = Array.from({ length: this.#shards }, (_, shard) => shard)
    this.#writing = Promise.all(shards.map((shard) => this.#write(shard, stop.signal)))
  }

  /** Resolves when no write is under way. */
  async stop(): Promise<void> {
    this.#stop?.abort()
    await this.#writing
  }

  /** A line whose write failed can be in the log all the same; another one follows. */
  async #write(shard: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const line = `${Date.now()} shard ${shard}`
      await this.#tools.produce(this.#logstore, shard, [line]).catch(() => undefined)
      await delay(INTERVAL_MS)
    }
  }
}

/** When the line was handed to the writer's client, unix ms. */
export function writtenAt(line: unknown): number {
  return Number.parseInt(String(line), 10)
}
