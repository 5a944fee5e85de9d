/**
 * Does something again and again while an element can be seen, and nothing at all while it cannot: its
 * tab is behind another, the sidebar is closed, or the browser shows another page.
 */
export class PollWhileSeen {
  readonly #interval: number
  readonly #work: () => Promise<void>
  #isSeen = false
  #isRunning = false
  #timer: number | null = null

  /** @param interval milliseconds between the end of one time and the next */
  constructor(seen: Element, interval: number, work: () => Promise<void>) {
    this.#interval = interval
    this.#work = work
    new IntersectionObserver((entries) => {
      this.#isSeen = entries.at(-1)?.isIntersecting ?? false
      this.#update()
    }).observe(seen)
    document.addEventListener('visibilitychange', () => {
      this.#update()
    })
  }

  #update(): void {
    if (this.#timer !== null) window.clearTimeout(this.#timer)
    this.#timer = null
    if (!this.#isSeen || document.hidden || this.#isRunning) return
    this.#isRunning = true
    void this.#work().finally(() => {
      this.#isRunning = false
      this.#timer = window.setTimeout(() => {
        this.#update()
      }, this.#interval)
      if (!this.#isSeen || document.hidden) this.#update()
    })
  }
}
