import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { RetryOptions } from 'kafkajs'
import { restLength } from '../rest'

/**
 * Between two tries kafkajs waits on a timer that nothing ends: a client that is disconnected meanwhile
 * waits on, tries once more, and leaves the timer behind (tulios/kafkajs#1147, #852). Here an abort of
 * `retry.signal` ends the rest and all further tries; the try under way is left to its connection.
 */
export interface EndableRetryOptions extends RetryOptions {
  readonly initialRetryTime: number
  readonly maxRetryTime: number
  readonly signal: AbortSignal
}

type Attempt = (bail: (error?: Error) => void, ...count: [number, number]) => Promise<unknown>
type Retrier = (attempt: Attempt) => Promise<unknown>

export const file = 'src/retry/index.js'

export function rewrite(original: unknown): unknown {
  const createRetrier = original as (options?: RetryOptions) => Retrier

  return (options?: RetryOptions | EndableRetryOptions): Retrier => {
    if (!options || !('signal' in options)) return createRetrier(options)
    const { signal, initialRetryTime, maxRetryTime } = options
    // A client has many retriers, each with one of its own while it rests.
    setMaxListeners(0, signal)
    // What may be tried again, and how often, is for kafkajs to say; when, is said here.
    const atOnce = createRetrier({ ...options, initialRetryTime: 0, maxRetryTime: 0 })
    return (attempt) =>
      atOnce(async (bail, tries, time) => {
        if (tries > 0) {
          const rest = restLength(tries, initialRetryTime, maxRetryTime)
          await delay(rest, undefined, { signal }).catch(() => undefined)
          if (signal.aborted) {
            bail()
            return
          }
        }
        return attempt(bail, tries, time)
      })
  }
}
