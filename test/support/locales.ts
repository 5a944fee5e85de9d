import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../../tools/shared/repository'

const NODES = join(repositoryRoot(), 'nodes')

export type Language = 'en-US' | 'zh-CN'

/** The nodes with a help text; all other folders, such as the monitor, have none. */
export const TRANSLATED_NODES: readonly string[] = readdirSync(NODES).filter((name) =>
  existsSync(join(NODES, name, 'locales', 'en-US', `${name}.html`)),
)

/** The texts of a node by their keys, `label.name`, without the name of the node in front. */
export function textsOf(node: string, language: Language): ReadonlyMap<string, string> {
  const catalogue = JSON.parse(read(node, language, 'json')) as Record<string, unknown>
  return new Map(flatten(catalogue[node], ''))
}

/** The markdown of a node's help. */
export function helpOf(node: string, language: Language): string {
  return read(node, language, 'html').replace(/<\/?script[^>]*>/g, '')
}

function read(node: string, language: Language, extension: string): string {
  return readFileSync(join(NODES, node, 'locales', language, `${node}.${extension}`), 'utf8')
}

function flatten(value: unknown, key: string): [string, string][] {
  if (typeof value === 'string') return [[key, value]]
  return Object.entries(value as Record<string, unknown>).flatMap(([name, below]) =>
    flatten(below, key === '' ? name : `${key}.${name}`),
  )
}
