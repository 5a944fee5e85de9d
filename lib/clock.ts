import { guarded, type OnError } from './errors'

/**
 * Time in milliseconds, injected so that tests control it.
 *
 * Names tell the two clocks apart. `wallTime`, and names that end in `At` in public fields, are times of `now`.
 * `nowMs`, and names that end in `AtMs` and `SinceMs`, are times of `monotonic`.
 */
export interface Clock {
  /**
   * Wall time, milliseconds since 1970. An administrator or NTP can set the wall clock at any moment, so use it
   * only for record times, the log and display.
   */
  now(): number
  /**
   * Monotonic time in milliseconds, with fractions, from an arbitrary start. Changes of the wall clock do not
   * affect it. Use it for every span and deadline.
   */
  monotonic(): number
  /** Runs the action once. @returns a function that cancels */
  after(delayMs: number, action: Action): () => void
  /** Runs the action again and again. @returns a function that cancels */
  every(intervalMs: number, action: Action): () => void
  /** Runs the action once after pending input and output. @returns a function that cancels */
  soon(action: Action): () => void
}

/** The clock ignores the return value of an action, also if the value is a promise. */
export type Action = () => unknown

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs)
    return () => {
      clearTimeout(timer)
    }
  },
  every(intervalMs, action) {
    const timer = setInterval(action, intervalMs)
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

/** Converts a monotonic time to whole milliseconds since 1970, by the current setting of the wall clock. */
export function toWallTime(clock: Pick<Clock, 'now' | 'monotonic'>, atMs: number): number {
  return Math.round(clock.now() + (atMs - clock.monotonic()))
}

/**
 * A clock whose actions cannot end the process: exceptions and rejections go to `onError`. An `every` goes on
 * after an exception.
 */
export function guardedClock(clock: Clock, onError: OnError): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (delayMs, action) => clock.after(delayMs, guarded(onError, action)),
    every: (intervalMs, action) => clock.every(intervalMs, guarded(onError, action)),
    soon: (action) => clock.soon(guarded(onError, action)),
  }
}
