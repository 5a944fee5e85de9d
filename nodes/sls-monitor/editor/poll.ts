/**
 * Repeats work while an element is visible. The element is invisible behind another tab, in a closed sidebar, or
 * while the browser shows another page.
 */
export class VisiblePoller {
  readonly #intervalMs: number
  readonly #work: () => Promise<void>
  #isVisible = false
  #isRunning = false
  #timer: number | null = null

  /** @param intervalMs time between the end of one run and the start of the next */
  constructor(element: Element, intervalMs: number, work: () => Promise<void>) {
    this.#intervalMs = intervalMs
    this.#work = work
    new IntersectionObserver((entries) => {
      this.#isVisible = entries.at(-1)?.isIntersecting ?? false
      this.#update()
    }).observe(element)
    document.addEventListener('visibilitychange', () => {
      this.#update()
    })
  }

  #update(): void {
    if (this.#timer !== null) window.clearTimeout(this.#timer)
    this.#timer = null
    if (!this.#isVisible || document.hidden || this.#isRunning) return
    this.#isRunning = true
    void this.#work().finally(() => {
      this.#isRunning = false
      this.#timer = window.setTimeout(() => {
        this.#update()
      }, this.#intervalMs)
      if (!this.#isVisible || document.hidden) this.#update()
    })
  }
}
