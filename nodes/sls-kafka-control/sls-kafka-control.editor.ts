import { oneOf } from '../../lib/config/fields'
import { firstText, type EditorNode, type EditorRED, type JQuery } from '../common/editor-red'
import { addSearchWords } from '../common/palette-words.editor'
import { validatorFor } from '../common/validator'
import { CONTROL_ACTIONS } from './control-actions'

/** An entry of the editor's own list, which may have a tick. */
interface TreeItem {
  readonly id: string
  readonly label: string
  readonly sublabel: string
  readonly selected: boolean
  readonly checkbox: true
}

interface TreeList {
  /** Without `multi` it answers with itself when nothing is ticked. */
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
    // A list: of a single id the editor would expect a config node, and fail when it is changed.
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
    $('#sls-kafka-control-consumers').treeList({ multi: true, data: consumersFor(this) })
  },
  oneditsave() {
    const ids = $('#sls-kafka-control-consumers')
      .treeList('selected')
      .map(({ id }) => id)
    ;(this as { consumers?: readonly string[] }).consumers = ids
  },
})

/** Those of the same tab first. */
function consumersFor(node: EditorNode): TreeItem[] {
  const chosen = (node['consumers'] ?? []) as readonly string[]
  const all = RED.nodes.filterNodes({ type: 'sls-kafka-in' })
  const isHere = (one: EditorNode): boolean => one['z'] === node['z']
  return [...all.filter(isHere), ...all.filter((one) => !isHere(one))].map((one) => ({
    id: String(one['id']),
    label: firstText(one['name'], one['logstore'], 'sls in'),
    sublabel: firstText(one['group']),
    selected: chosen.includes(String(one['id'])),
    checkbox: true,
  }))
}
