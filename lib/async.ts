import type { Clock } from './clock'

/**
 * Runs an action when the signal aborts, or at once if the signal has aborted already.
 *
 * @returns a function that removes the listener. A signal that outlives many attempts would otherwise
 * collect a listener from each.
 */
export function onAbort(signal: AbortSignal, action: () => void): () => void {
  if (signal.aborted) action()
  signal.addEventListener('abort', action)
  return () => {
    signal.removeEventListener('abort', action)
  }
}

/**
 * Whether the signal has aborted. Loops need this function: after one check of `signal.aborted`, the compiler
 * takes the value for constant, also across an await.
 */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted
}

/** Rejects with the reason as soon as the signal aborts, and otherwise settles as the work does. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  reason = 'the wait was ended',
): Promise<T> {
  let removeListener = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    removeListener = onAbort(signal, () => {
      reject(new Error(reason))
    })
  })
  // The work goes on after an abort. Its rejection would then end the process.
  work.catch(() => undefined)
  return Promise.race([work, aborted]).finally(removeListener)
}

/**
 * Resolves after a time, or as soon as the signal aborts.
 *
 * @param delayMs by the injected clock; 0 or less resolves at once
 */
export async function wait(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || delayMs <= 0) return
  await new Promise<void>((resolve) => {
    const cancel = clock.after(delayMs, () => {
      ignoreAbort()
      resolve()
    })
    const ignoreAbort = onAbort(signal, () => {
      cancel()
      resolve()
    })
  })
}

/** Lets a loop without work wait until another part of the program has work for the loop. */
export class Wakeup {
  readonly #clock: Clock
  #resolve: (() => void) | null = null
  #isDue = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Ends the current wait, or the next one if none is under way. */
  wake(): void {
    this.#isDue = true
    this.#resolve?.()
  }

  /** Resolves when `wake` was called since the last wait, or after `delayMs`. */
  async wait(delayMs: number): Promise<void> {
    if (!this.#isDue) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(delayMs, resolve)
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

/** Waits until a promise settles, for at most `timeoutMs`. @returns whether the promise settled in time */
export async function settledWithin(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      resolve(false)
    }, timeoutMs)
  })
  const settled = work.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([settled, deadline])
  } finally {
    clearTimeout(timer)
  }
}

/** Settles as the work does, or rejects with the code `ETIMEDOUT` after `timeoutMs`. The work is not stopped. */
export async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  if (await settledWithin(work, timeoutMs)) return work
  const seconds = timeoutMs / 1000
  throw Object.assign(new Error(`no response within ${seconds} s`), { code: 'ETIMEDOUT' })
}
