import { guarded, type OnError } from './guarded'

/**
 * Time, passed in so that tests decide when it passes. Milliseconds throughout.
 *
 * Names say which clock a number belongs to: `wallTime` and times called `…At` in what users and other
 * programs read are of `now`, `nowMs`, `…AtMs` and `…SinceMs` of `monotonic`.
 */
export interface Clock {
  /**
   * Wall time, milliseconds since 1970. An administrator or NTP may set it at any moment, so that it
   * serves for times of records, the log and the display alone.
   */
  now(): number
  /**
   * Monotonic time, which grows evenly, whatever is done to the clock of the machine. It counts from any
   * moment, with fractions, and serves for every span and deadline.
   */
  monotonic(): number
  /** @returns a function that cancels */
  after(milliseconds: number, action: Action): () => void
  /** @returns a function that cancels */
  every(milliseconds: number, action: Action): () => void
  /** After pending input and output had their turn. */
  soon(action: Action): () => void
}

/** Nobody waits for what it returns, also if that is a promise. */
export type Action = () => unknown

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

/** The wall time of a monotonic moment, in whole milliseconds since 1970, by the clock as it is set now. */
export function toWallTime(clock: Pick<Clock, 'now' | 'monotonic'>, atMs: number): number {
  return Math.round(clock.now() + (atMs - clock.monotonic()))
}

/** The same clock, where what an action throws, or rejects with, goes no further. An `every` goes on. */
export function guardedClock(clock: Clock, onError: OnError): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (milliseconds, action) => clock.after(milliseconds, guarded(onError, action)),
    every: (milliseconds, action) => clock.every(milliseconds, guarded(onError, action)),
    soon: (action) => clock.soon(guarded(onError, action)),
  }
}
