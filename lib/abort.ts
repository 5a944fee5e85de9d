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

/** For loops: after one check, the compiler takes `signal.aborted` for constant, also across an await. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted
}

/** Rejects with the reason as soon as the signal aborts; the work goes on. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  reason = 'the wait was ended',
): Promise<T> {
  let forget = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    forget = onAbort(signal, () => {
      reject(new Error(reason))
    })
  })
  // What becomes of the work afterwards is of no interest, but must not end the process.
  work.catch(() => undefined)
  return Promise.race([work, aborted]).finally(forget)
}
