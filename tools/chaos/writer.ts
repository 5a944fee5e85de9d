import { setTimeout as delay } from 'node:timers/promises'
import type { RunningEmulator } from '../emulator/process'
import { Random } from '../shared/random'

const MOST_AT_ONCE = 11

/** Writes numbered records to all writable shards until it is stopped, in bursts of random size. */
export class NumberWriter {
  readonly #endpoint: RunningEmulator
  readonly #logstore: string
  readonly #random: Random
  readonly #everyMs: number
  readonly #writing: Promise<void>
  #written = 0
  #isStopped = false

  /** @param everyMs the time between two appends */
  constructor(endpoint: RunningEmulator, logstore: string, seed: number, everyMs: number) {
    this.#endpoint = endpoint
    this.#everyMs = everyMs
    this.#logstore = logstore
    this.#random = new Random(~seed)
    this.#writing = this.#write()
    this.#writing.catch(() => undefined) // `stop` rejects with it
  }

  /** The number of records so far. */
  get written(): number {
    return this.#written
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#writing
  }

  async #write(): Promise<void> {
    while (!this.#isStopped) {
      const first = this.#written + 1
      const count = this.#random.between(1, MOST_AT_ONCE)
      const lines = Array.from({ length: count }, (_, index) => `${first + index} ${Date.now()}`)
      await this.#endpoint.append(this.#logstore, lines)
      this.#written += count
      await delay(this.#everyMs)
    }
  }
}

/** The time at which a line was written, unix ms. */
export function writtenAt(line: string): number {
  return Number(line.split(' ')[1])
}
