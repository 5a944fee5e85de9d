import { compact } from '../../lib/monitoring/compact'
import { HISTORY_INTERVAL, HISTORY_LENGTH, historyPoint } from '../../lib/monitoring/history'
import { button, element, show } from './element.editor'
import type { MonitorAction, MonitorCommand, MonitoredConsumer } from './monitor-answer'
import type { MonitorRED } from './monitor-red'
import { Plot } from './plot.editor'
import { ShardTable } from './shard-table.editor'
import { errorText, statusText, text, timeText } from './texts.editor'
import { durationText, Series, viewOf } from './view-model'

declare const RED: MonitorRED

const SPAN = HISTORY_LENGTH / 1000

/** Everything that the monitor shows of one consumer. */
export class ConsumerCard {
  readonly root: HTMLElement
  readonly #id: string
  readonly #title = element('button', 'title')
  readonly #subtitle = element('div', 'subtitle')
  readonly #dot = element('span', 'dot')
  readonly #status = element('span', 'status')
  readonly #rate = element('span', 'figure rate')
  readonly #delay = element('span', 'figure delay')
  readonly #inFlight = element('span', 'figure in-flight')
  readonly #error = element('div', 'error')
  readonly #errorHead = element('div', 'error-head')
  readonly #errorText = element('div', 'error-text')
  readonly #pause: HTMLButtonElement
  readonly #series = new Series(HISTORY_LENGTH)
  readonly #ratePlot = new Plot('--red-ui-node-status-colors-blue', SPAN, compact)
  readonly #delayPlot = new Plot('--red-ui-node-status-colors-yellow', SPAN, durationText)
  readonly #shards: ShardTable
  #reveals: readonly string[] = []
  #action: 'pause' | 'resume' | null = null

  constructor(id: string, onCommand: (command: MonitorCommand, title: string) => void) {
    this.#id = id
    const order = (action: MonitorAction, partition: number | null): void => {
      onCommand({ id, action, partition }, this.#title.textContent)
    }
    this.#title.type = 'button'
    this.#title.title = text('label.reveal')
    this.#title.addEventListener('click', () => {
      this.#reveal()
    })
    this.#pause = button('pause', () => {
      if (this.#action) order(this.#action, null)
    })
    this.#shards = new ShardTable(order)
    this.#error.append(this.#errorHead, this.#errorText)
    const state = element('div', 'state', [this.#dot, this.#status, this.#inFlight, this.#pause])
    this.root = element('section', 'card', [
      this.#title,
      this.#subtitle,
      state,
      this.#error,
      plotted('rate', this.#rate, this.#ratePlot),
      plotted('delay', this.#delay, this.#delayPlot),
      this.#shards.root,
    ])
    this.root.dataset['node'] = this.#id
  }

  show(consumer: MonitoredConsumer, at: number): void {
    const view = viewOf(consumer)
    const mayWrite = RED.user.hasPermission('sls-kafka.write')
    this.#reveals = [consumer.id, consumer.flow, consumer.alias ?? '']
    show(this.#title, view.title)
    show(this.#subtitle, view.subtitle)
    this.#dot.dataset['fill'] = consumer.status.fill
    this.#dot.dataset['shape'] = consumer.status.shape
    show(this.#status, statusText(consumer.status))
    show(this.#rate, view.rate)
    show(this.#delay, view.delay)
    show(this.#inFlight, `${text('label.in-flight')} ${view.inFlight}`)
    this.#action = view.action
    this.#pause.hidden = !mayWrite || view.action === null
    if (view.action) show(this.#pause, text(`action.${view.action}`))
    this.#showError(consumer.error)
    this.#draw(consumer, at)
    this.#shards.show(view.shards, mayWrite)
  }

  remove(): void {
    this.#ratePlot.destroy()
    this.#delayPlot.destroy()
    this.root.remove()
  }

  #showError(error: MonitoredConsumer['error']): void {
    this.#error.hidden = error === null
    if (!error) return
    show(this.#errorHead, text('label.last-error', { time: timeText(error.at) }))
    show(this.#errorText, errorText(error))
  }

  #draw(consumer: MonitoredConsumer, at: number): void {
    this.#series.add(consumer.history, at)
    const latest = historyPoint(consumer, at)
    const [times, rates, delays] = this.#series.columns(latest, HISTORY_INTERVAL)
    this.#ratePlot.show(times, rates, at / 1000)
    this.#delayPlot.show(times, delays, at / 1000)
  }

  /** A node in a subflow is no node of the workspace: then the instance, or the node in the template. */
  #reveal(): void {
    const known = this.#reveals.find((id) => RED.nodes.node(id) !== null)
    if (known !== undefined) RED.view.reveal(known, true)
  }
}

function plotted(name: 'rate' | 'delay', figure: HTMLElement, plot: Plot): HTMLElement {
  const label = element('span', 'label', text(`label.${name}`))
  return element('div', `plotted ${name}`, [element('div', 'caption', [label, figure]), plot.root])
}
