/** Takes note of an exception that goes no further. Must not throw. */
export type OnError = (error: unknown) => void

/**
 * The same call, out of which nothing is thrown: an exception in a timer or a listener, or a rejection
 * that nobody handles, would end the whole Node-RED process.
 */
export function guarded<Arguments extends unknown[]>(
  onError: OnError,
  call: (...args: Arguments) => unknown,
): (...args: Arguments) => void {
  return (...args) => {
    try {
      const result = call(...args)
      if (result instanceof Promise) result.catch(onError)
    } catch (error) {
      onError(error)
    }
  }
}
