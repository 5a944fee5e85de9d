import { textOf } from '../../../lib/config/fields'
import { escapeControls } from '../../../lib/text'
import type { EditorNode, EditorRED, JQuery, JQueryElement } from './editor-red'

declare const RED: EditorRED
declare const $: JQuery

/**
 * The form of the open dialog and the id of its node. While the dialog of the project is open on top, the editor
 * removes this form from the page, so fields are searched in the form and not in the document.
 */
let open: { readonly form: Element; readonly id: unknown } | null = null

/** Call this when the dialog of a node opens. @param selector the root of the form */
export function openForm(node: EditorNode, selector: string): void {
  const form = document.querySelector(selector)
  open = form && { form, id: node['id'] }
}

/** Call this when the dialog closes. */
export function closeForm(): void {
  open = null
}

/** The input element of a property; an empty selection if no dialog is open. */
export function input(field: string): JQueryElement {
  return $(open?.form.querySelector(`#node-input-${field}`) ?? [])
}

/** The trimmed text of a field; empty for "none" in the editor's lists, whose value is `_ADD_`. */
export function typed(field: string): string {
  const text = textOf(input(field).val())
  return text === '_ADD_' ? '' : text
}

/** Whether the open dialog belongs to this node. */
export function isOpen(node: EditorNode): boolean {
  return open !== null && open.id === node['id']
}

/** The typed value of a property while the dialog of the node is open, else the saved value. */
export function current(node: EditorNode, property: string): string {
  return textOf((isOpen(node) ? input(property).val() : undefined) ?? node[property])
}

/** The chosen project, deployed or not; null if there is none. */
export function chosenProject(): EditorNode | null {
  return RED.nodes.node(typed('project')) ?? null
}

/** Shows a text in an element, or hides the element if the text is empty. */
export function showText(element: HTMLElement, text: string): void {
  element.textContent = escapeControls(text)
  element.hidden = text === ''
}

/** Calls the listener when one of the fields changes. A typed text counts when the field loses the focus. */
export function onChange(fields: readonly string[], listener: () => void): void {
  for (const field of fields) input(field).on('change', listener)
}
