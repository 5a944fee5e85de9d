import type { MonitoredConsumer, MonitoredWriter, ShownError } from '../monitor-api'
import { element, setLabel, show } from './element'
import type { MonitorRED } from './monitor-red'
import { CardOpening } from './overview'
import { errorText, statusText, text, timeText } from './texts'

declare const RED: MonitorRED

/** What a card needs to know of its node above the report. */
export interface CardView {
  readonly title: string
  readonly subtitle: string
  readonly needsAttention: boolean
  /** Whether there are so few nodes that every card is open. */
  readonly isSmall: boolean
}

/** What a card has when it is open, above the last error. */
export interface CardParts {
  /** A line above the last error. */
  readonly above?: readonly HTMLElement[]
  /** What stands below the last error. */
  readonly content: readonly HTMLElement[]
}

/** The frame of a card: a line with title and status, which opens and closes the rest. */
export class NodeCard {
  readonly root: HTMLElement
  readonly #line = element('button', 'card-line')
  readonly #title = element('span', 'title')
  readonly #subtitle = element('span', 'subtitle')
  readonly #dot = element('span', 'dot')
  readonly #status = element('span', 'status')
  readonly #error = element('div', 'error')
  readonly #errorHead = element('div', 'error-head')
  readonly #errorText = element('div', 'error-text')
  readonly #body: HTMLElement
  readonly #opening = new CardOpening()
  #reveals: readonly string[] = []

  /** @param onOpen called when the user opens the card */
  constructor(id: string, { above = [], content }: CardParts, onOpen?: () => void) {
    const chevron = element('i', 'chevron fa fa-angle-right')
    this.#line.type = 'button'
    this.#line.append(chevron, this.#dot, this.#title, this.#status)
    this.#error.append(this.#errorHead, this.#errorText)
    const head = element('div', 'source', [this.#subtitle, this.#revealButton()])
    const state = element('div', 'state', above)
    state.hidden = above.length === 0
    this.#body = element('div', 'body', [head, state, this.#error, ...content])
    this.#body.id = `sls-monitor-body-${id}`
    this.#line.setAttribute('aria-controls', this.#body.id)
    this.#line.addEventListener('click', () => {
      this.#opening.toggle()
      this.#open()
      if (this.isOpen) onOpen?.()
    })
    this.root = element('section', 'card', [this.#line, this.#body])
    this.root.dataset['node'] = id
    this.#open()
  }

  get title(): string {
    return this.#title.textContent
  }

  get isOpen(): boolean {
    return this.#opening.isOpen
  }

  show(
    { id, flow, alias, status, error }: MonitoredConsumer | MonitoredWriter,
    { title, subtitle, needsAttention, isSmall }: CardView,
  ): void {
    this.#reveals = [id, flow, alias ?? '']
    show(this.#title, title)
    this.#line.title = `${title} · ${subtitle}`
    show(this.#subtitle, subtitle)
    this.#dot.dataset['fill'] = status.fill
    this.#dot.dataset['shape'] = status.shape
    show(this.#status, statusText(status))
    this.#showError(error)
    this.#opening.update(needsAttention, isSmall)
    this.#open()
  }

  #open(): void {
    const isOpen = this.isOpen
    this.#body.hidden = !isOpen
    this.#line.setAttribute('aria-expanded', String(isOpen))
  }

  #showError(error: ShownError | null): void {
    this.#error.hidden = error === null
    if (!error) return
    show(this.#errorHead, text('label.last-error', { time: timeText(error.at) }))
    show(this.#errorText, errorText(error))
  }

  /** The button that shows the node in the workspace. For a node in a subflow, it shows the instance or the template's node. */
  #revealButton(): HTMLElement {
    const reveal = element('button', 'reveal', [element('i', 'icon fa fa-crosshairs')])
    reveal.type = 'button'
    setLabel(reveal, text('label.reveal'))
    reveal.addEventListener('click', () => {
      const known = this.#reveals.find((id) => RED.nodes.node(id))
      if (known !== undefined) RED.view.reveal(known, true)
    })
    return reveal
  }
}
