/** The first reason why the demo cannot go on. */
export class Failure {
  readonly promise: Promise<never>
  #reject: (error: Error) => void = () => undefined

  constructor() {
    this.promise = new Promise<never>((_resolve, reject) => (this.#reject = reject))
    // The failure can happen before a caller waits for it; the caller gets the rejection all the same.
    this.promise.catch(() => undefined)
  }

  report(reason: string): void {
    this.#reject(new Error(reason))
  }
}
