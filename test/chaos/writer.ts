import { setTimeout as delay } from 'node:timers/promises'
import type { RunningEmulator } from '../../emulator/process'
import { Random } from './random'

/** On average some 80 records a second: what three slow flows take, and catch up with. */
const INTERVAL_MS = 75
const MOST_AT_ONCE = 11

/** Writes numbered records all the time, to whatever shards are writable, in bursts of any size. */
export class NumberWriter {
  readonly #endpoint: RunningEmulator
  readonly #logstore: string
  readonly #random: Random
  readonly #writing: Promise<void>
  #written = 0
  #isStopped = false

  constructor(endpoint: RunningEmulator, logstore: string, seed: number) {
    this.#endpoint = endpoint
    this.#logstore = logstore
    this.#random = new Random(~seed)
    this.#writing = this.#write()
    this.#writing.catch(() => undefined) // `stop` tells
  }

  /** Records so far. */
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
      await delay(INTERVAL_MS)
    }
  }
}

/** Unix ms. */
export function writtenAt(line: string): number {
  return Number(line.split(' ')[1])
}
