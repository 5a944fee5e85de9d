import { textOf } from '../../../lib/config/fields'
import type { EditorRED } from '../../shared/editor/editor-red'

declare const RED: EditorRED

const CREDENTIALS = ['certdata', 'keydata', 'cadata', 'passphrase'] as const
const FILES = ['cert', 'key', 'ca'] as const

/** The fields of a `tls-config` with changes that are not deployed, for the connection test; null for any other. */
export function pastedTls(id: string): object | null {
  const node = RED.nodes.node(id)
  if (node?.['changed'] !== true) return null
  const credentials = (node['credentials'] ?? {}) as Readonly<Record<string, unknown>>
  return {
    ...Object.fromEntries(CREDENTIALS.map((name) => [name, plainText(credentials[name])])),
    servername: textOf(node['servername']),
    alpnprotocol: textOf(node['alpnprotocol']),
    verifyservercert: node['verifyservercert'] !== false,
    namesFiles: FILES.some((name) => textOf(node[name]) !== ''),
  }
}

/** The text as it is: white space can belong to a passphrase. */
function plainText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
