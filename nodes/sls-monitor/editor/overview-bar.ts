import { element, show } from './element'
import type { Overview } from './overview'
import { text } from './texts'
import { durationText } from './view-model'

/** What is above the cards: a search field, and a line that sums up all nodes. */
export class OverviewBar {
  readonly root: HTMLElement
  readonly #search = element('input', 'search')
  readonly #consumers = element('span', 'part')
  readonly #writers = element('span', 'part')
  readonly #delay = element('span', 'part')

  /** @param onSearch called with each change of the search */
  constructor(onSearch: () => void) {
    this.#search.type = 'search'
    this.#search.placeholder = text('search.placeholder')
    this.#search.setAttribute('aria-label', text('search.label'))
    this.#search.addEventListener('input', onSearch)
    const parts = [this.#consumers, this.#writers, this.#delay]
    this.root = element('div', 'bar', [this.#search, element('div', 'overview', parts)])
    this.root.hidden = true
  }

  /** What the user searches for; empty while all nodes are shown. */
  get search(): string {
    return this.root.hidden ? '' : this.#search.value.trim()
  }

  show(overview: Overview): void {
    const { consumers, consumerCounts, writers, writerCounts, delaySeconds } = overview
    const delay = delaySeconds === null ? null : durationText(delaySeconds)
    this.root.hidden = overview.isSmall
    show(this.#consumers, partText('consumers', consumers, consumerCounts))
    show(this.#writers, partText('writers', writers, writerCounts))
    show(this.#delay, delay === null ? '' : text('summary.delay', { delay }))
  }
}

function partText(key: string, count: number, counts: ReadonlyMap<string, number>): string {
  if (count === 0) return ''
  if (counts.size === 0) return text(`summary.${key}`, { count })
  const categories = [...counts].map(([one, many]) => text(`summary.${one}`, { count: many }))
  return text(`summary.${key}-of-these`, { count, categories: categories.join(' · ') })
}
