import { compact } from '../../../lib/monitoring/compact'
import {
  HISTORY_INTERVAL_MS,
  HISTORY_LENGTH_MS,
  historyPoint,
  type HistoryPoint,
} from '../../../lib/monitoring/history'
import { button, element, show } from './element'
import type { MonitorAction, MonitorCommand, MonitoredConsumer } from '../monitor-api'
import type { MonitorRED } from './monitor-red'
import { NodeCard } from './node-card'
import { consumerCategory, needsAttention } from './overview'
import { Plot } from './plot'
import { ShardTable } from './shard-table'
import { text } from './texts'
import { durationText, Series, viewOf } from './view-model'

declare const RED: MonitorRED

const SPAN_SECONDS = HISTORY_LENGTH_MS / 1000

/** The card of one consumer in the monitor. */
export class ConsumerCard {
  readonly #card: NodeCard
  readonly #rate = element('span', 'figure rate')
  readonly #delay = element('span', 'figure delay')
  readonly #inFlight = element('span', 'figure in-flight')
  readonly #pause: HTMLButtonElement
  readonly #series = new Series(HISTORY_LENGTH_MS)
  readonly #ratePlot = new Plot('--red-ui-node-status-colors-blue', SPAN_SECONDS, compact)
  readonly #delayPlot = new Plot('--red-ui-node-status-colors-yellow', SPAN_SECONDS, durationText)
  readonly #shards: ShardTable
  #action: 'pause' | 'resume' | null = null
  #latest: HistoryPoint | null = null

  constructor(id: string, onCommand: (command: MonitorCommand, title: string) => void) {
    const sendCommand = (action: MonitorAction, partition: number | null): void => {
      onCommand({ id, action, partition }, this.#card.title)
    }
    this.#pause = button('pause', () => {
      if (this.#action) sendCommand(this.#action, null)
    })
    this.#shards = new ShardTable(sendCommand)
    const above = [this.#inFlight, this.#pause]
    const content = [
      plotted('rate', this.#rate, this.#ratePlot),
      plotted('delay', this.#delay, this.#delayPlot),
      this.#shards.root,
    ]
    this.#card = new NodeCard(id, { above, content }, () => {
      this.#draw()
    })
  }

  get root(): HTMLElement {
    return this.#card.root
  }

  /** @param isSmall whether there are so few nodes that every card is open */
  show(consumer: MonitoredConsumer, at: number, isSmall: boolean): void {
    const view = viewOf(consumer)
    const mayWrite = RED.user.hasPermission('sls-kafka.write')
    const attention = needsAttention(consumerCategory(consumer))
    this.#card.show(consumer, { ...view, needsAttention: attention, isSmall })
    show(this.#rate, view.rate)
    show(this.#delay, view.delay)
    show(this.#inFlight, `${text('label.in-flight')} ${view.inFlight}`)
    this.#action = view.action
    this.#pause.hidden = !mayWrite || view.action === null
    if (view.action) show(this.#pause, text(`action.${view.action}`))
    this.#series.add(consumer.history, at)
    this.#latest = historyPoint(consumer, at)
    this.#draw()
    this.#shards.show(view.shards, mayWrite)
  }

  remove(): void {
    this.#ratePlot.destroy()
    this.#delayPlot.destroy()
    this.root.remove()
  }

  #draw(): void {
    if (!this.#latest || !this.#card.isOpen) return
    const [times, rates, delays] = this.#series.columns(this.#latest, HISTORY_INTERVAL_MS)
    const now = this.#latest.at / 1000
    this.#ratePlot.show(times, rates, now)
    this.#delayPlot.show(times, delays, now)
  }
}

function plotted(name: 'rate' | 'delay', figure: HTMLElement, plot: Plot): HTMLElement {
  const label = element('span', 'label', text(`label.${name}`))
  return element('div', `plotted ${name}`, [element('div', 'caption', [label, figure]), plot.root])
}
