import type { MonitoredWriter } from '../monitor-api'
import { element, show } from './element'
import { NodeCard } from './node-card'
import { needsAttention, writerCategory } from './overview'
import { text } from './texts'
import { WRITER_FIGURES, writerViewOf } from './writer-view'

/** The card of one writer in the monitor. A writer takes no commands, so the card has no buttons. */
export class WriterCard {
  readonly #card: NodeCard
  readonly #figures = WRITER_FIGURES.map((name) => ({
    name,
    shown: element('span', `figure ${name}`),
  }))

  constructor(id: string) {
    const content = this.#figures.map(({ name, shown }) =>
      element('div', 'caption', [element('span', 'label', text(`label.${name}`)), shown]),
    )
    this.#card = new NodeCard(id, { content })
  }

  get root(): HTMLElement {
    return this.#card.root
  }

  /** @param isSmall whether there are so few nodes that every card is open */
  show(writer: MonitoredWriter, isSmall: boolean): void {
    const view = writerViewOf(writer)
    const attention = needsAttention(writerCategory(writer))
    this.#card.show(writer, { ...view, needsAttention: attention, isSmall })
    for (const { name, shown } of this.#figures) show(shown, view.figures[name])
  }

  remove(): void {
    this.root.remove()
  }
}
