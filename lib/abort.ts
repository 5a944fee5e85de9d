/**
 * Runs an action when the signal aborts, at once if it has.
 *
 * @returns a function that takes the listener off again; a signal that outlives many attempts would
 * otherwise collect one of each
 */
export function onAbort(signal: AbortSignal, action: () => void): () => void {
  if (signal.aborted) action()
  signal.addEventListener('abort', action)
  return () => {
    signal.removeEventListener('abort', action)
  }
}
