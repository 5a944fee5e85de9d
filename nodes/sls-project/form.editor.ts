import { textOf } from '../../lib/config/fields'
import type { Address } from '../../lib/sls/endpoint'
import { element, endpointOf, targetOf } from '../common/dialog.editor'
import type { JQuery } from '../common/editor-red'

declare const $: JQuery

export type Field =
  'project' | 'endpoint' | 'port' | 'bootstrap' | 'tls' | 'accessKeyId' | 'accessKeySecret'

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

/** Where the project's own endpoint is. */
export function typedEndpoint(): Address | null {
  return endpointOf(typedOrDots)
}

/** Where the connections go. */
export function typedTarget(): Address | null {
  return targetOf(typedOrDots)
}

/** A project that is not typed yet is shown as dots. */
function typedOrDots(field: Field): string {
  return typed(field) || (field === 'project' ? '…' : '')
}
