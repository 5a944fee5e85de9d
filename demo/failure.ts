/** The first reason why the demo cannot go on. */
export class Failure {
  readonly promise: Promise<never>
  private reject: (error: Error) => void = () => undefined

  constructor() {
    this.promise = new Promise<never>((_resolve, reject) => (this.reject = reject))
    // It may come before anybody listens; whoever does hears it all the same.
    this.promise.catch(() => undefined)
  }

  report(reason: string): void {
    this.reject(new Error(reason))
  }
}
