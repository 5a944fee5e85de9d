/** An error that may be raised when nobody waits for it yet; the first one counts. */
export class FirstFailure {
  #reject: (error: unknown) => void = () => undefined
  #isRaised = false
  readonly promise = new Promise<never>((_resolve, reject) => {
    this.#reject = reject
  })

  constructor() {
    // Otherwise an early one would be an unhandled rejection and end the process.
    this.promise.catch(() => undefined)
  }

  get isRaised(): boolean {
    return this.#isRaised
  }

  raise(error: unknown): void {
    this.#isRaised = true
    this.#reject(error)
  }
}
