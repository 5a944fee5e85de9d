import type { RefusalCode } from '../../nodes/common/admin-answers'
import { postLines, refusalOf } from '../../nodes/common/post-lines.editor'
import { ConsumerCard } from './consumer-card.editor'
import { element, show } from './element.editor'
import {
  POLL_INTERVAL,
  type CommandAnswer,
  type MonitorAnswer,
  type MonitorCommand,
} from './monitor-answer'
import type { GetJson, MonitorRED } from './monitor-red'
import { PollWhileSeen } from './poll.editor'
import { text, timeText } from './texts.editor'

declare const RED: MonitorRED
declare const $: GetJson

/** The tab of the sidebar: a card for each consumer, and what is to be said of all. */
class Monitor {
  readonly root = element('div', 'root')
  readonly #notice = element('div', 'notice')
  readonly #cards = new Map<string, ConsumerCard>()
  #shownAt = 0

  constructor() {
    this.root.append(this.#notice)
    new PollWhileSeen(this.root, POLL_INTERVAL, () => this.#update())
  }

  #update(): Promise<void> {
    return new Promise((resolve) => {
      $.getJSON(`sls-monitor/consumers?since=${this.#shownAt}`)
        .done((answer) => {
          this.#show(answer as MonitorAnswer)
          resolve()
        })
        .fail(({ status, responseText = '' }) => {
          const time = timeText(this.#shownAt || Date.now())
          const reason = refusalText(refusalOf(status, responseText).refusal)
          this.#say(reason ?? text('notice.unreachable', { time }))
          resolve()
        })
    })
  }

  #show({ at, consumers }: MonitorAnswer): void {
    this.#say(consumers.length === 0 ? text('notice.empty') : '')
    const ids = new Set(consumers.map(({ id }) => id))
    for (const [id, card] of this.#cards) {
      if (ids.has(id)) continue
      card.remove()
      this.#cards.delete(id)
    }
    for (const consumer of consumers) this.#cardOf(consumer.id).show(consumer, at)
    this.#shownAt = at
  }

  #cardOf(id: string): ConsumerCard {
    const known = this.#cards.get(id)
    if (known) return known
    const card = new ConsumerCard(id, (command, title) => {
      if (command.action === 'skip') this.#confirm(command, title)
      else this.#send(command)
    })
    this.#cards.set(id, card)
    this.root.append(card.root)
    return card
  }

  /** What is skipped does not come again. */
  #confirm(command: MonitorCommand, name: string): void {
    const shard = command.partition ?? ''
    const asked = RED.notify(escaped(text('notice.skip', { shard, name })), {
      modal: true,
      fixed: true,
      buttons: [
        {
          text: text('action.cancel'),
          click: () => {
            asked.close()
          },
        },
        {
          text: text('action.skip'),
          class: 'primary',
          click: () => {
            asked.close()
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
    postLines<CommandAnswer>('sls-monitor/command', command, {
      onLine: ({ error }) => {
        if (error) fail(error.message)
      },
      onRefused: ({ refusal }) => {
        fail(refusalText(refusal) ?? refusal)
      },
      onEnd: () => void this.#update(),
    })
  }

  #say(notice: string): void {
    show(this.#notice, notice)
    this.#notice.hidden = notice === ''
  }
}

/** Null where more is to be said than that somebody may not. */
function refusalText(refusal: RefusalCode): string | null {
  if (refusal === 'not-allowed') return text('notice.not-allowed')
  return refusal === 'foreign-origin' ? text('notice.foreign-origin') : null
}

/** The editor takes notices as HTML. */
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
