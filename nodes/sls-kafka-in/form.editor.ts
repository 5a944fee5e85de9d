import { textOf } from '../../lib/config/fields'
import { visible } from '../../lib/visible'
import type { EditorNode, EditorRED, JQuery, JQueryElement } from '../common/editor-red'

declare const RED: EditorRED
declare const $: JQuery

/**
 * The form of the open dialog and the node that it edits. Fields are looked for in the form, because
 * while the dialog of the project lies over this one the editor takes it out of the page.
 */
let open: { readonly form: Element; readonly id: unknown } | null = null

export function openForm(node: EditorNode): void {
  const form = document.querySelector('.sls-kafka-in-dialog')
  open = form && { form, id: node['id'] }
}

export function closeForm(): void {
  open = null
}

export function input(field: string): JQueryElement {
  return $(open?.form.querySelector(`#node-input-${field}`) ?? [])
}

/** As it is typed; empty for "none" of the editor's own lists. */
export function typed(field: string): string {
  const text = textOf(input(field).val())
  return text === '_ADD_' ? '' : text
}

/** Whether the open dialog edits this node. */
export function isOpen(node: EditorNode): boolean {
  return open !== null && open.id === node['id']
}

/** A property as it is typed while the dialog is open, else as it was saved. */
export function current(node: EditorNode, property: string): string {
  return textOf((isOpen(node) ? input(property).val() : undefined) ?? node[property])
}

/** The project that is chosen; it need not be deployed. */
export function chosenProject(): EditorNode | null {
  return RED.nodes.node(typed('project'))
}

/** Shows a text, or nothing. */
export function tell(element: HTMLElement, text: string): void {
  element.textContent = visible(text)
  element.hidden = text === ''
}

/** Calls back when any of the fields is another. Typing counts when the field is left. */
export function onChange(fields: readonly string[], listener: () => void): void {
  for (const field of fields) input(field).on('change', listener)
}
