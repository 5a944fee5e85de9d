/**
 * The rule "once per cause": a cause is news until it was reported, and again after it has ended. The caller
 * chooses the name of a cause, for example an error code.
 */
export class ReportedCauses {
  readonly #causes = new Set<string>()
  readonly #limit: number

  /** @param limit most causes that are kept; further ones are not news, so that they cannot flood the log */
  constructor(limit = Infinity) {
    this.#limit = limit
  }

  /** @returns whether the cause is news, and must be reported now */
  add(cause: string): boolean {
    if (this.#causes.has(cause) || this.#causes.size >= this.#limit) return false
    this.#causes.add(cause)
    return true
  }

  has(cause: string): boolean {
    return this.#causes.has(cause)
  }

  /** Makes the cause news again. */
  end(cause: string): void {
    this.#causes.delete(cause)
  }

  /** Makes every cause news again. */
  endAll(): void {
    this.#causes.clear()
  }

  get isEmpty(): boolean {
    return this.#causes.size === 0
  }
}
