import { onAbort } from './abort'
import type { Clock } from './clock'

/**
 * Resolves after the given time, or as soon as the signal aborts.
 *
 * @param milliseconds by the injected clock; none if it is not positive
 */
export async function wait(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || milliseconds <= 0) return
  await new Promise<void>((resolve) => {
    const cancel = clock.after(milliseconds, () => {
      ignoreAbort()
      resolve()
    })
    const ignoreAbort = onAbort(signal, () => {
      cancel()
      resolve()
    })
  })
}

/** A loop that has nothing to do waits here until another part has work for it. */
export class Wakeup {
  readonly #clock: Clock
  #resolve: (() => void) | null = null
  #isDue = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Ends the wait under way, or the next one if there is none. */
  wake(): void {
    this.#isDue = true
    this.#resolve?.()
  }

  /** Resolves when `wake` was called since the last wait, or after the given time. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.#isDue) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(milliseconds, resolve)
        this.#resolve = () => {
          cancel()
          resolve()
        }
      })
    }
    this.#resolve = null
    this.#isDue = false
  }
}
