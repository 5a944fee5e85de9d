import { oneOf } from '../../../lib/config/fields'
import {
  firstText,
  type EditorNode,
  type EditorRED,
  type JQuery,
} from '../../shared/editor/editor-red'
import { addSearchWords } from '../../shared/editor/palette-search'
import { validatorFor } from '../../shared/editor/validator'
import { CONTROL_ACTIONS } from '../settings'

/** An item of the editor's tree list, with a checkbox. */
interface TreeItem {
  readonly id: string
  readonly label: string
  readonly sublabel: string
  readonly selected: boolean
  readonly checkbox: true
}

interface TreeList {
  /** Creates the list. Without `multi`, `selected` returns the element itself when nothing is ticked. */
  treeList(options: { multi: true; data: readonly TreeItem[] }): void
  treeList(method: 'selected'): readonly TreeItem[]
}

declare const RED: EditorRED
declare const $: JQuery & ((selector: '#sls-kafka-control-consumers') => TreeList)

const valid = validatorFor('sls-kafka-control')

RED.nodes.registerType('sls-kafka-control', {
  category: 'network',
  color: '#D8BFD8',
  icon: 'sls-kafka-control.svg',
  inputs: 1,
  outputs: 1,
  paletteLabel: 'sls control',
  inputLabels() {
    return this._('sls-kafka-control.ports.in')
  },
  outputLabels() {
    return this._('sls-kafka-control.ports.out')
  },
  defaults: {
    version: { value: 1 },
    name: { value: '' },
    // A list type: for a single id, the editor expects a config node and fails when the node changes.
    consumers: { value: [], type: 'sls-kafka-in[]' },
    action: { value: 'msg', validate: valid('action', oneOf(CONTROL_ACTIONS)) },
  },
  label() {
    const action = firstText(this['action'], 'msg')
    return firstText(this['name'], action === 'msg' ? 'sls control' : `sls ${action}`)
  },
  labelStyle() {
    return this['name'] ? 'node_label_italic' : ''
  },
  onpaletteadd() {
    addSearchWords('sls-kafka-control')
  },
  oneditprepare() {
    $('#sls-kafka-control-consumers').treeList({ multi: true, data: itemsFor(this) })
  },
  oneditsave() {
    const ids = $('#sls-kafka-control-consumers')
      .treeList('selected')
      .map(({ id }) => id)
    ;(this as { consumers?: readonly string[] }).consumers = ids
  },
})

/** All `sls in` and `sls out` nodes as list items; nodes of the same tab come first. */
function itemsFor(node: EditorNode): TreeItem[] {
  const chosen = (node['consumers'] ?? []) as readonly string[]
  const all = [
    ...RED.nodes.filterNodes({ type: 'sls-kafka-in' }),
    ...RED.nodes.filterNodes({ type: 'sls-kafka-out' }),
  ]
  const isHere = (one: EditorNode): boolean => one['z'] === node['z']
  return [...all.filter(isHere), ...all.filter((one) => !isHere(one))].map((one) => ({
    id: String(one['id']),
    label: firstText(one['name'], one['logstore'], paletteLabelOf(one)),
    // A writer has no group.
    sublabel: firstText(one['group'], paletteLabelOf(one)),
    selected: chosen.includes(String(one['id'])),
    checkbox: true,
  }))
}

function paletteLabelOf({ type }: EditorNode): string {
  return type === 'sls-kafka-out' ? 'sls out' : 'sls in'
}
