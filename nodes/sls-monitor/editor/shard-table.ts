import { button, element, setLabel, show } from './element'
import type { MonitorAction } from '../monitor-api'
import { text } from './texts'
import type { ShardRow } from './view-model'

const FIGURES = ['delay', 'inFlight', 'position'] as const
const ICONS: Readonly<Record<MonitorAction, string>> = {
  pause: 'fa fa-pause',
  resume: 'fa fa-play',
  skip: 'fa fa-step-forward',
}

interface Line {
  readonly root: HTMLElement
  readonly cells: Readonly<Record<(typeof FIGURES)[number] | 'commit' | 'state', HTMLElement>>
  readonly button: HTMLButtonElement
  readonly icon: HTMLElement
  action: MonitorAction
}

/** Most shards for which the table is unfolded without a click. */
const MAX_UNFOLDED = 16

/** The table of a consumer's shards, with a row for each shard. */
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
    const heads = ['shard', 'delay', 'in-flight', 'position'].map((name) =>
      element('th', `head ${name}`, text(`label.${name}`)),
    )
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
    if (!this.#isTouched) this.root.open = rows.length <= MAX_UNFOLDED
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
      position: element('div', 'position'),
      commit: element('div', 'commit'),
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
      element('td', 'cell shard', [element('span', 'number', String(shard)), act, cells.state]),
      cells.delay,
      cells.inFlight,
      // One above the other, because the sidebar is narrow.
      element('td', 'cell offsets', [cells.position, cells.commit]),
    ])
    const line: Line = { root, cells, button: act, icon, action: 'pause' }
    this.#lines.set(shard, line)
    return line
  }
}

function fill(line: Line, row: ShardRow, mayWrite: boolean): void {
  for (const name of FIGURES) show(line.cells[name], row[name])
  const { commit } = row
  show(line.cells.commit, commit === null ? '' : text(`commit.${commit.key}`, { ...commit }))
  line.cells.commit.title = commit === null ? '' : text('commit.at', { ...commit })
  show(line.cells.state, row.state === 'reading' ? '' : text(`state.${row.state}`))
  line.root.dataset['state'] = row.state
  line.action = row.action
  line.icon.className = ICONS[row.action]
  setLabel(line.button, text(`action.${row.action}`))
  line.button.hidden = !mayWrite
}
