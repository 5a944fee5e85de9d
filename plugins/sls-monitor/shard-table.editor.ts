import { button, element, show } from './element.editor'
import type { MonitorAction } from './monitor-answer'
import { text } from './texts.editor'
import type { ShardRow } from './view-model'

const COLUMNS = ['delay', 'inFlight', 'position', 'committed'] as const
/** What matters first: the rest may lie outside a narrow sidebar. */
const HEADS = ['shard', 'state', 'delay', 'in-flight', 'position', 'committed']
const ICONS: Readonly<Record<MonitorAction, string>> = {
  pause: 'fa fa-pause',
  resume: 'fa fa-play',
  skip: 'fa fa-step-forward',
}

interface Line {
  readonly root: HTMLElement
  readonly cells: Readonly<Record<(typeof COLUMNS)[number] | 'state', HTMLElement>>
  readonly button: HTMLButtonElement
  readonly icon: HTMLElement
  action: MonitorAction
}

/** A line for each shard. More than this many stay folded until somebody wants to see them. */
const UNFOLDED = 16

export class ShardTable {
  readonly root: HTMLDetailsElement
  readonly #summary: HTMLElement
  readonly #body: HTMLElement
  readonly #lines = new Map<number, Line>()
  readonly #onAction: (action: MonitorAction, shard: number) => void
  #isTouched = false

  constructor(onAction: (action: MonitorAction, shard: number) => void) {
    this.#onAction = onAction
    this.#summary = element('summary', 'summary')
    this.#body = element('tbody', 'lines')
    const heads = HEADS.map((name) => element('th', `head ${name}`, text(`label.${name}`)))
    const head = element('thead', 'heads', [element('tr', 'line', heads)])
    this.root = element('details', 'shards', [
      this.#summary,
      element('div', 'scroll', [element('table', 'table', [head, this.#body])]),
    ])
    this.#summary.addEventListener('click', () => (this.#isTouched = true))
  }

  show(rows: readonly ShardRow[], mayWrite: boolean): void {
    this.root.hidden = rows.length === 0
    show(this.#summary, text('label.shards', { count: rows.length }))
    if (!this.#isTouched) this.root.open = rows.length <= UNFOLDED
    const shards = new Set(rows.map(({ partition }) => partition))
    for (const [shard, { root }] of this.#lines) {
      if (shards.has(shard)) continue
      root.remove()
      this.#lines.delete(shard)
    }
    rows.forEach((row, index) => {
      const line = this.#lineOf(row.partition)
      if (this.#body.children[index] !== line.root) {
        this.#body.insertBefore(line.root, this.#body.children[index] ?? null)
      }
      fill(line, row, mayWrite)
    })
  }

  #lineOf(shard: number): Line {
    const known = this.#lines.get(shard)
    if (known) return known
    const cell = (name: string): HTMLElement => element('td', `cell ${name}`)
    const cells = {
      position: cell('position'),
      committed: cell('committed'),
      inFlight: cell('in-flight'),
      delay: cell('delay'),
      state: element('span', 'shard-state'),
    }
    const icon = element('i', 'icon')
    const act = button('shard-button', () => {
      this.#onAction(line.action, shard)
    })
    act.append(icon)
    const root = element('tr', 'line', [
      element('td', 'cell shard', String(shard)),
      element('td', 'cell state', [act, cells.state]),
      ...COLUMNS.map((name) => cells[name]),
    ])
    const line: Line = { root, cells, button: act, icon, action: 'pause' }
    this.#lines.set(shard, line)
    return line
  }
}

function fill(line: Line, row: ShardRow, mayWrite: boolean): void {
  for (const name of COLUMNS) show(line.cells[name], row[name])
  show(line.cells.state, row.state === 'reading' ? '' : text(`state.${row.state}`))
  line.root.dataset['state'] = row.state
  line.action = row.action
  line.icon.className = ICONS[row.action]
  line.button.title = text(`action.${row.action}`)
  line.button.hidden = !mayWrite
}
