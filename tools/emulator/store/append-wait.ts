import type { Shard } from './shard'

/**
 * Waits for the next append to any of the shards.
 * `false`: nothing came within `timeoutMs`, or `signal` aborted.
 */
export function appendTo(
  shards: readonly Shard[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (hasNews: boolean): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      for (const stopListening of subscriptions) stopListening()
      resolve(hasNews)
    }
    const onAbort = (): void => {
      finish(false)
    }
    const timer = setTimeout(onAbort, timeoutMs)
    const subscriptions = shards.map((shard) =>
      shard.onAppend(() => {
        finish(true)
      }),
    )
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
  })
}
