/** Time, passed in so that tests decide when it passes. Milliseconds throughout. */
export interface Clock {
  now(): number
  /** Grows evenly, whatever is done to the clock of the machine; counts from any moment. */
  monotonic(): number
  /** @returns a function that cancels */
  after(milliseconds: number, action: () => void): () => void
  /** @returns a function that cancels */
  every(milliseconds: number, action: () => void): () => void
  /** After pending input and output had their turn. */
  soon(action: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds)
    return () => {
      clearTimeout(timer)
    }
  },
  every(milliseconds, action) {
    const timer = setInterval(action, milliseconds)
    return () => {
      clearInterval(timer)
    }
  },
  soon(action) {
    const immediate = setImmediate(action)
    return () => {
      clearImmediate(immediate)
    }
  },
}
