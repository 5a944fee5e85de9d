/** What was asked for last. `end` is for good. */
type Wish = 'run' | 'rest' | 'end'

/**
 * Starts and ends the lives of a consumer, one after the other, in whatever order and however often
 * that is asked for: a start while a life still ends begins the next one when it has.
 */
export class Lifecycle {
  readonly #live: (signal: AbortSignal) => Promise<void>
  #wish: Wish = 'rest'
  #life: { readonly abort: AbortController; readonly end: Promise<void> } | null = null

  /** @param live one life, until the signal aborts; must not reject */
  constructor(live: (signal: AbortSignal) => Promise<void>) {
    this.#live = live
  }

  /** It runs, or begins to as soon as a life that ends has ended. */
  get isWanted(): boolean {
    return this.#wish === 'run'
  }

  /** Nothing after the end. */
  start(): void {
    if (this.#wish === 'end') return
    this.#wish = 'run'
    if (!this.#life) this.#begin()
  }

  /** Resolves when nothing runs any more, whatever was asked for in the meantime. */
  stop(wish: Exclude<Wish, 'run'>): Promise<void> {
    if (this.#wish !== 'end') this.#wish = wish
    this.#life?.abort.abort()
    return this.#life?.end ?? Promise.resolve()
  }

  #begin(): void {
    const abort = new AbortController()
    const end = this.#live(abort.signal).finally(() => {
      this.#life = null
      if (this.#wish === 'run') this.#begin()
    })
    this.#life = { abort, end }
  }
}
