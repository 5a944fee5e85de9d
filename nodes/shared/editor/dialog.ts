import { textOf } from '../../../lib/config/fields'
import { parseBootstrap, projectAddress, type Address } from '../../../lib/sls/endpoint'
import type { EditorRED } from './editor-red'

declare const RED: EditorRED

/** The value of a password field in the editor while the password is stored on the server. */
export const STORED_PASSWORD = '__PWRD__'

/** Finds an element of a dialog's template by id. Throws if the element does not exist. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the dialog has no ${id}`)
  return found
}

/** Reads a text field of a project. */
type TextOf = (
  field: 'project' | 'endpoint' | 'port' | 'bootstrap' | 'serverName' | 'tls',
) => string

/** The address of the project's own endpoint; null if the fields are incomplete or invalid. */
export function endpointOf(text: TextOf): Address | null {
  const port = text('port')
  return projectAddress({
    endpoint: text('endpoint'),
    project: text('project'),
    port: /^\d+$/.test(port) ? Number(port) : undefined,
  })
}

/** The address of all connections: the bootstrap address if there is one, else the project's endpoint. */
export function targetOf(text: TextOf): Address | null {
  return parseBootstrap(text('bootstrap')) ?? endpointOf(text)
}

/** The name that certificates are checked for, as `serverName` of the runtime finds it; empty if not known yet. */
export function certificateName(text: TextOf): string {
  const ofTls = textOf(RED.nodes.node(text('tls'))?.['servername'])
  const { host = '' } = endpointOf(text) ?? targetOf(text) ?? {}
  return text('serverName') || ofTls || host
}
