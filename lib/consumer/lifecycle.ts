/** The last request of the caller. After `end`, no run starts. */
type Request = 'run' | 'stop' | 'end'

/**
 * Starts and ends the runs of a consumer, one after the other, in whatever order and however often that
 * is requested. A start while a run still ends begins the next run when the old one has ended.
 */
export class Lifecycle {
  readonly #createRun: (signal: AbortSignal) => Promise<void>
  #request: Request = 'stop'
  #run: { readonly abort: AbortController; readonly end: Promise<void> } | null = null

  /** @param createRun runs until the signal aborts; must not reject */
  constructor(createRun: (signal: AbortSignal) => Promise<void>) {
    this.#createRun = createRun
  }

  /** Starts a run, unless the end was requested. */
  start(): void {
    if (this.#request === 'end') return
    this.#request = 'run'
    if (!this.#run) this.#begin()
  }

  /** Resolves when the current run has ended, whatever was requested in the meantime. */
  stop(request: Exclude<Request, 'run'>): Promise<void> {
    if (this.#request !== 'end') this.#request = request
    this.#run?.abort.abort()
    return this.#run?.end ?? Promise.resolve()
  }

  #begin(): void {
    const abort = new AbortController()
    const end = this.#createRun(abort.signal).finally(() => {
      this.#run = null
      if (this.#request === 'run') this.#begin()
    })
    this.#run = { abort, end }
  }
}
