import { textOf } from '../../../lib/config/fields'
import type { Address } from '../../../lib/sls/endpoint'
import { certificateName, element, endpointOf, targetOf } from '../../shared/editor/dialog'
import type { JQuery } from '../../shared/editor/editor-red'

declare const $: JQuery

export type Field =
  | 'project'
  | 'endpoint'
  | 'port'
  | 'bootstrap'
  | 'serverName'
  | 'tls'
  | 'accessKeyId'
  | 'accessKeySecret'

/** The value of "none" in the editor's list of config nodes. */
const NO_CONFIG_NODE = '_ADD_'

/** The input element of a field. */
export function inputOf(field: Field): HTMLInputElement {
  return element(`node-config-input-${field}`) as HTMLInputElement
}

/** The trimmed text of a field. */
export function typed(field: Field): string {
  const text = textOf(inputOf(field).value)
  return text === NO_CONFIG_NODE ? '' : text
}

/** Sets the value of a field and lets the editor validate the field. */
export function fill(field: Field, value: string): void {
  const input = inputOf(field)
  if (input.value === value) return
  $(input).val(value)
  $(input).trigger('change')
}

/** The address of the project's own endpoint; null if the fields are incomplete or invalid. */
export function typedEndpoint(): Address | null {
  return endpointOf(typedOrDots)
}

/** The address of all connections: the bootstrap address if there is one, else the project's endpoint. */
export function typedTarget(): Address | null {
  return targetOf(typedOrDots)
}

/** The name that certificates are checked for; empty if the fields are incomplete. */
export function typedCertificateName(): string {
  return certificateName(typedOrDots)
}

/** The text of a field; a project that is not typed yet becomes `…`. */
function typedOrDots(field: Field): string {
  return typed(field) || (field === 'project' ? '…' : '')
}
