import { button, element, show } from './element.editor'
import type { MonitorAction } from './monitor-answer'
import { text } from './texts.editor'
import type { ShardRow } from './view-model'

const FIGURES = ['delay', 'inFlight', 'position', 'committed'] as const
const ICONS: Readonly<Record<MonitorAction, string>> = {
  pause: 'fa fa-pause',
  resume: 'fa fa-play',
  skip: 'fa fa-step-forward',
}

interface Line {
  readonly root: HTMLElement
  readonly cells: Readonly<Record<(typeof FIGURES)[number] | 'state', HTMLElement>>
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
    const label = (name: string): string => text(`label.${name}`)
    const heads = ['shard', 'delay', 'in-flight'].map((name) =>
      element('th', `head ${name}`, label(name)),
    )
    const offsets = offsetsOf('th', 'head', {
      position: element('div', 'position', label('position')),
      committed: element('div', 'committed', label('committed')),
    })
    const head = element('thead', 'heads', [element('tr', 'line', [...heads, offsets])])
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
      position: element('div', 'position'),
      committed: element('div', 'committed'),
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
      offsetsOf('td', 'cell', cells),
    ])
    const line: Line = { root, cells, button: act, icon, action: 'pause' }
    this.#lines.set(shard, line)
    return line
  }
}

/** One above the other: side by side they do not fit into a sidebar. */
function offsetsOf(
  tag: 'td' | 'th',
  name: string,
  { position, committed }: Readonly<Record<'position' | 'committed', HTMLElement>>,
): HTMLElement {
  return element(tag, `${name} offsets`, [position, committed])
}

function fill(line: Line, row: ShardRow, mayWrite: boolean): void {
  for (const name of FIGURES) show(line.cells[name], row[name])
  show(line.cells.state, row.state === 'reading' ? '' : text(`state.${row.state}`))
  line.root.dataset['state'] = row.state
  line.action = row.action
  line.icon.className = ICONS[row.action]
  line.button.title = text(`action.${row.action}`)
  line.button.hidden = !mayWrite
}
