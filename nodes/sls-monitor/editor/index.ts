import type { RefusalCode } from '../../shared/admin-responses'
import { postLines, refusalOf } from '../../shared/editor/post-lines'
import { ConsumerCard } from './consumer-card'
import { element, show } from './element'
import {
  POLL_INTERVAL_MS,
  type CommandResponse,
  type MonitorResponse,
  type MonitorCommand,
} from '../monitor-api'
import type { GetJson, MonitorRED } from './monitor-red'
import { fitsSearch, overviewOf } from './overview'
import { OverviewBar } from './overview-bar'
import { VisiblePoller } from './poll'
import { WriterCard } from './writer-card'
import { text, timeText } from './texts'

declare const RED: MonitorRED
declare const $: GetJson

const NOTHING: MonitorResponse = { at: 0, consumers: [], writers: [] }

/** The content of the sidebar tab: search and summary, a notice, and a card for each consumer and each writer. */
class Monitor {
  readonly root = element('div', 'root')
  readonly #bar = new OverviewBar(() => {
    this.#filter()
  })
  readonly #notice = element('div', 'notice')
  readonly #noMatch = element('div', 'notice', text('search.no-match'))
  readonly #consumerCards = element('div', 'cards')
  readonly #writerCards = element('div', 'cards')
  readonly #consumers = new Map<string, ConsumerCard>()
  readonly #writers = new Map<string, WriterCard>()
  #latest = NOTHING

  constructor() {
    for (const notice of [this.#notice, this.#noMatch]) notice.setAttribute('role', 'status')
    const cards = [this.#consumerCards, this.#writerCards]
    this.root.append(this.#bar.root, this.#notice, this.#noMatch, ...cards)
    new VisiblePoller(this.root, POLL_INTERVAL_MS, () => this.#update())
  }

  #update(): Promise<void> {
    return new Promise((resolve) => {
      $.getJSON(`sls-monitor/consumers?since=${this.#latest.at}`)
        .done((response) => {
          // The next request comes also after a response that cannot be shown.
          resolve()
          this.#show(response as MonitorResponse)
        })
        .fail(({ status, responseText = '' }) => {
          const time = timeText(this.#latest.at || Date.now())
          const reason = refusalText(refusalOf(status, responseText).refusal)
          this.#showNotice(reason ?? text('notice.unreachable', { time }))
          resolve()
        })
    })
  }

  #show(response: MonitorResponse): void {
    const { at, consumers, writers } = response
    const overview = overviewOf(consumers, writers)
    this.#latest = response
    this.#showNotice(consumers.length + writers.length === 0 ? text('notice.empty') : '')
    this.#bar.show(overview)
    removeOthers(this.#consumers, consumers)
    removeOthers(this.#writers, writers)
    for (const one of consumers) this.#consumerCard(one.id).show(one, at, overview.isSmall)
    for (const one of writers) this.#writerCard(one.id).show(one, overview.isSmall)
    this.#filter()
  }

  /** Hides the cards of nodes that do not fit the search. */
  #filter(): void {
    const { search } = this.#bar
    const { consumers, writers } = this.#latest
    let matches = 0
    for (const node of [...consumers, ...writers]) {
      const card = this.#consumers.get(node.id) ?? this.#writers.get(node.id)
      const isShown = fitsSearch(node, search)
      if (card) card.root.hidden = !isShown
      if (isShown) matches++
    }
    this.#noMatch.hidden = search === '' || matches > 0
  }

  #writerCard(id: string): WriterCard {
    const known = this.#writers.get(id)
    if (known) return known
    const card = new WriterCard(id)
    this.#writers.set(id, card)
    this.#writerCards.append(card.root)
    return card
  }

  #consumerCard(id: string): ConsumerCard {
    const known = this.#consumers.get(id)
    if (known) return known
    const card = new ConsumerCard(id, (command, title) => {
      if (command.action === 'skip') this.#confirm(command, title)
      else this.#send(command)
    })
    this.#consumers.set(id, card)
    this.#consumerCards.append(card.root)
    return card
  }

  /** Asks for confirmation, because skipped records are not sent again. */
  #confirm(command: MonitorCommand, name: string): void {
    const shard = command.partition ?? ''
    const dialog = RED.notify(escaped(text('notice.skip', { shard, name })), {
      modal: true,
      fixed: true,
      buttons: [
        {
          text: text('action.cancel'),
          click: () => {
            dialog.close()
          },
        },
        {
          text: text('action.skip'),
          class: 'primary',
          click: () => {
            dialog.close()
            this.#send(command)
          },
        },
      ],
    })
  }

  #send(command: MonitorCommand): void {
    const fail = (reason: string): void => {
      RED.notify(escaped(text('notice.failed', { reason })), 'error')
    }
    postLines<CommandResponse>('sls-monitor/command', command, {
      onLine: ({ error }) => {
        if (error) fail(error.message)
      },
      onRefused: ({ refusal }) => {
        fail(refusalText(refusal) ?? refusal)
      },
      onEnd: () => void this.#update(),
    })
  }

  #showNotice(notice: string): void {
    show(this.#notice, notice)
    this.#notice.hidden = notice === ''
  }
}

/** Removes the cards of nodes that no longer exist. */
function removeOthers(
  cards: Map<string, { remove(): void }>,
  shown: readonly { readonly id: string }[],
): void {
  for (const [id, card] of cards) {
    if (shown.some((one) => one.id === id)) continue
    card.remove()
    cards.delete(id)
  }
}

/** The notice for a refusal; null if the refusal needs a text with more details. */
function refusalText(refusal: RefusalCode): string | null {
  if (refusal === 'not-allowed') return text('notice.not-allowed')
  return refusal === 'foreign-origin' ? text('notice.foreign-origin') : null
}

/** Escapes a notice, because the editor parses notices as HTML. */
function escaped(notice: string): string {
  return element('div', 'escaped', notice).innerHTML
}

RED.plugins.registerPlugin('sls-monitor', {
  onadd() {
    RED.sidebar.addTab({
      id: 'sls-monitor',
      label: text('label.tab'),
      name: text('label.name'),
      iconClass: 'fa fa-area-chart',
      content: new Monitor().root,
      enableOnEdit: true,
    })
  },
})
