import { parseBootstrap, projectAddress, type Address } from '../../lib/sls/endpoint'

/** What the editor shows for a password that it has stored and does not know. */
export const STORED_PASSWORD = '__PWRD__'

/** An element of a dialog's template. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the dialog has no ${id}`)
  return found
}

/** A project's text by the name of its field. */
type TextOf = (field: 'project' | 'endpoint' | 'port' | 'bootstrap') => string

/** Where the project's own endpoint is, as far as the texts say it. */
export function endpointOf(text: TextOf): Address | null {
  const port = text('port')
  return projectAddress({
    endpoint: text('endpoint'),
    project: text('project'),
    port: /^\d+$/.test(port) ? Number(port) : undefined,
  })
}

/** Where the connections go. */
export function targetOf(text: TextOf): Address | null {
  return parseBootstrap(text('bootstrap')) ?? endpointOf(text)
}
