import { setTimeout as delay } from 'node:timers/promises'
import type { RunningEmulator } from '../emulator/process'
import { untilFree } from './port'

/** Turns the emulator off and on again. Its control port, by which it is fed, stays open. */
export class Outage {
  readonly #endpoint: Pick<RunningEmulator, 'open' | 'close'>
  readonly #stopping = new AbortController()
  #current: Promise<void> | null = null
  #end = 0

  constructor(endpoint: Pick<RunningEmulator, 'open' | 'close'>) {
    this.#endpoint = endpoint
  }

  get isOn(): boolean {
    return this.#current !== null
  }

  /** Whole seconds until the endpoint is back. */
  get secondsLeft(): number {
    return this.isOn ? Math.max(0, Math.ceil((this.#end - Date.now()) / 1_000)) : 0
  }

  /** Returns false during an outage. Calls `onFailure` with the reason if the emulator does not return. */
  start(seconds: number, onFailure: (reason: string) => void): boolean {
    if (this.isOn || this.#stopping.signal.aborted) return false
    this.#end = Date.now() + seconds * 1_000
    this.#current = this.#run(seconds)
      .catch((error: unknown) => {
        // At the end of the demo the endpoint stays off.
        if (!this.#stopping.signal.aborted) onFailure(String(error))
      })
      .finally(() => (this.#current = null))
    return true
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#current
  }

  async #run(seconds: number): Promise<void> {
    await this.#endpoint.close()
    await delay(seconds * 1_000, undefined, { signal: this.#stopping.signal })
    await untilFree(() => this.#endpoint.open())
  }
}
