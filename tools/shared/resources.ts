import { inspect } from 'node:util'

/** What a test has started, ended after it in the opposite order, whether the test went well or not. */
export class Resources {
  readonly #endings: (() => Promise<unknown>)[] = []

  onEnd(ending: () => Promise<unknown>): void {
    this.#endings.push(ending)
  }

  /** Keeps what is being started, and returns it when it runs. */
  async started<T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> {
    const resource = await starting
    this.onEnd(() => resource.stop())
    return resource
  }

  async end(): Promise<void> {
    const errors: unknown[] = []
    for (const ending of this.#endings.splice(0).reverse()) {
      await ending().catch((error: unknown) => errors.push(error))
    }
    // Not as the parts of an AggregateError, of which a report shows nothing.
    if (errors.length > 0)
      throw new Error(`not all could be ended: ${errors.map((error) => inspect(error)).join('\n')}`)
  }
}
