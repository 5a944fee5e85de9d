import { textOf } from '../../lib/config/fields'
import { proposedGroup } from '../../lib/config/group-name'
import { element } from '../common/dialog.editor'
import type { EditorNode, EditorRED } from '../common/editor-red'
import { chosenProject, input, onChange, tell, typed } from './form.editor'

declare const RED: EditorRED

/**
 * Proposes a group to a node that has none, as soon as its logstore is known. What is saved or typed is
 * never changed.
 */
export function proposeGroup(node: EditorNode): void {
  let isOurs = textOf(node['group']) === ''
  const propose = (): void => {
    if (!isOurs) return
    const place = { host: RED.settings.slsKafkaInHost ?? '', flow: flowOf(node) }
    const taken = otherReaders(node).map(({ group }) => textOf(group))
    const proposal = proposedGroup({ ...place, logstore: typed('logstore') }, taken)
    if (proposal === typed('group')) return
    input('group').val(proposal)
    input('group').trigger('change')
  }
  input('group').on('input', () => {
    isOurs = typed('group') === ''
  })
  onChange(['logstore'], propose)
  propose()
}

/** Warns of another node in the same group: no mistake, but seldom meant. */
export function warnOfSharedGroup(node: EditorNode): void {
  const hint = element('sls-kafka-in-group-hint')
  const show = (): void => {
    tell(hint, sharedText(node))
  }
  onChange(['project', 'logstore', 'group'], show)
  show()
}

function sharedText(node: EditorNode): string {
  const project = chosenProject()
  const group = typed('group')
  if (!project || group === '') return ''
  const sharing = otherReaders(node).filter((other) => {
    const others = RED.nodes.node(textOf(other['project']))
    return others && textOf(other['group']) === group && sameProject(others, project)
  })
  const same = sharing.find(({ logstore }) => textOf(logstore) === typed('logstore'))
  const other = same ?? sharing[0]
  if (!other) return ''
  const logstore = textOf(other['logstore'])
  const name = textOf(other['name']) || logstore
  return node._(`sls-kafka-in.shared.${same ? 'logstore' : 'group'}`, { name, logstore })
}

/** Two groups of one name are the same only in the same project of the same service. */
function sameProject(one: EditorNode, other: EditorNode): boolean {
  return ['project', 'endpoint', 'bootstrap'].every(
    (field) => textOf(one[field]) === textOf(other[field]),
  )
}

function otherReaders(node: EditorNode): EditorNode[] {
  return RED.nodes
    .filterNodes({ type: 'sls-kafka-in' })
    .filter(({ id, d }) => id !== node['id'] && d !== true)
}

/** The label of the tab or the name of the subflow. */
function flowOf(node: EditorNode): string {
  const id = textOf(node['z'])
  const flow = RED.nodes.workspace(id) ?? RED.nodes.subflow(id)
  return textOf(flow?.['label']) || textOf(flow?.['name'])
}
