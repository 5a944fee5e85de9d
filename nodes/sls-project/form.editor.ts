import { parseBootstrap, projectAddress, type Address } from '../../lib/sls/endpoint'
import { textOf } from '../../lib/options/fields'
import type { JQuery } from '../common/editor-red'

declare const $: JQuery

export type Field =
  'project' | 'endpoint' | 'port' | 'bootstrap' | 'tls' | 'accessKeyId' | 'accessKeySecret'

/** What the editor shows for a password that it has stored and does not know. */
export const STORED_PASSWORD = '__PWRD__'

export function inputOf(field: Field): HTMLInputElement {
  return element(`node-config-input-${field}`) as HTMLInputElement
}

/** As it is typed. */
export function typed(field: Field): string {
  return textOf(inputOf(field).value)
}

/** Fills a field in, and lets the editor check it as if it were typed. */
export function fill(field: Field, value: string): void {
  const input = inputOf(field)
  if (input.value === value) return
  $(input).val(value)
  $(input).trigger('change')
}

/** Where the project's own endpoint is. A part that is not typed yet is shown as dots. */
export function typedAddress(): Address | null {
  const port = typed('port')
  return projectAddress({
    endpoint: typed('endpoint'),
    project: typed('project') || '…',
    port: /^\d+$/.test(port) ? Number(port) : undefined,
  })
}

/** Where the connections go. */
export function typedTarget(): Address | null {
  return parseBootstrap(typed('bootstrap')) ?? typedAddress()
}

/** An element of the dialog's template. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the dialog has no ${id}`)
  return found
}
