import { textOf } from '../../../lib/config/fields'
import { proposedGroup } from '../../../lib/config/group-name'
import { element } from '../../shared/editor/dialog'
import type { EditorNode, EditorRED } from '../../shared/editor/editor-red'
import { chosenProject, input, onChange, showText, typed } from '../../shared/editor/form'
import { groupMates, projectKey, unintendedMate, type GroupMember } from './shared-group'

declare const RED: EditorRED

/** The group field: it proposes a group, and says who else reads in the group that is typed. */
export class GroupField {
  readonly #node: EditorNode
  readonly #hint = element('sls-kafka-in-group-hint')
  readonly #fresh = element('sls-kafka-in-fresh-group')
  readonly #purposeRow = element('sls-kafka-in-on-purpose')
  readonly #purpose = element('node-input-sharesGroup') as HTMLInputElement
  readonly #saved: { readonly logstore: string; readonly group: string }
  /** No group was typed or saved, or the saved one was proposed for the saved logstore. */
  #isOurs: boolean

  constructor(node: EditorNode) {
    this.#node = node
    this.#saved = { logstore: textOf(node['logstore']), group: textOf(node['group']) }
    const proposed = this.#proposal(this.#saved.logstore)
    this.#isOurs = ['', proposed].includes(this.#saved.group)
    input('group').on('input', () => {
      this.#isOurs = typed('group') === ''
    })
    onChange(['logstore'], () => {
      this.#propose()
    })
    onChange(['project', 'logstore', 'group', 'sharesGroup'], () => {
      this.#show()
    })
    this.#fresh.addEventListener('click', () => {
      this.#set(this.#proposal(typed('logstore')))
      element('node-input-group').focus()
    })
    this.#propose()
    this.#show()
  }

  /** Proposes a group as soon as the logstore is known, and another one for another logstore. */
  #propose(): void {
    if (!this.#isOurs) return
    const { logstore, group } = this.#saved
    const isSaved = group !== '' && typed('logstore') === logstore
    this.#set(isSaved ? group : this.#proposal(typed('logstore')))
  }

  #set(group: string): void {
    if (group === typed('group')) return
    input('group').val(group)
    input('group').trigger('change')
  }

  #proposal(logstore: string): string {
    const place = { host: RED.settings.slsKafkaInHost ?? '', flow: flowOf(this.#node) }
    const others = groupMembers().filter(({ id }) => id !== this.#node['id'])
    return proposedGroup(
      { ...place, logstore },
      others.map(({ group }) => group),
    )
  }

  #show(): void {
    const typedNode = {
      ...memberOf(this.#node),
      ...{ logstore: typed('logstore'), group: typed('group') },
      project: projectKey(chosenProject()),
      // A disabled node gets the hint too, because it may be enabled in this dialog.
      isEnabled: true,
      isOnPurpose: this.#purpose.checked,
    }
    const [mate] = groupMates(typedNode, groupMembers())
    const isSame = mate?.logstore === typedNode.logstore
    showText(this.#hint, mate ? this.#mateText(mate, isSame) : this.#renamedText())
    this.#fresh.hidden = !(mate && isSame) || this.#purpose.checked
    this.#purposeRow.hidden = !(mate && isSame) && !this.#purpose.checked
  }

  #mateText({ label, logstore }: LabelledMember, isSame: boolean): string {
    if (isSame && this.#purpose.checked) return ''
    const key = `sls-kafka-in.shared.${isSame ? 'logstore' : 'group'}`
    return this.#node._(key, { name: label, logstore })
  }

  /** Says what a new proposal means for a node that has read in another group. */
  #renamedText(): string {
    const { logstore, group } = this.#saved
    const isRenamed = this.#isOurs && group !== '' && typed('group') !== group
    return isRenamed ? this.#node._('sls-kafka-in.shared.renamed', { logstore, group }) : ''
  }
}

interface LabelledMember extends GroupMember {
  readonly label: string
}

/** What the badge says of a node that gets only a part of the records; none if that is intended. */
export function sharingRemarks(node: EditorNode): string[] {
  const mate = unintendedMate(memberOf(node), groupMembers())
  if (!mate) return []
  return [node._('sls-kafka-in.shared.logstore', { name: mate.label, logstore: mate.logstore })]
}

function groupMembers(): LabelledMember[] {
  return RED.nodes.filterNodes({ type: 'sls-kafka-in' }).map(memberOf)
}

function memberOf(node: EditorNode): LabelledMember {
  const tab = RED.nodes.workspace(textOf(node['z']))
  const logstore = textOf(node['logstore'])
  return {
    id: textOf(node['id']),
    label: textOf(node['name']) || logstore,
    project: projectKey(RED.nodes.node(textOf(node['project'])) ?? null),
    logstore,
    group: textOf(node['group']),
    isEnabled: node['d'] !== true && tab?.['disabled'] !== true,
    isOnPurpose: node['sharesGroup'] === true,
  }
}

/** The label of the tab or the name of the subflow. */
function flowOf(node: EditorNode): string {
  const id = textOf(node['z'])
  const flow = RED.nodes.workspace(id) ?? RED.nodes.subflow(id)
  return textOf(flow?.['label']) || textOf(flow?.['name'])
}
