import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SETTINGS_VERSION } from '../../../lib/config/migrate'

const ROOT = join(__dirname, '..', '..', '..', '..')
const EXAMPLES = join(ROOT, 'examples')

type FlowNode = Record<string, unknown> & { readonly id: string; readonly type: string }

/** Names in the `defaults` of a node's dialog: what the editor saves. */
function properties(type: string): string[] {
  const source = readFileSync(join(ROOT, 'nodes', type, 'editor', 'index.ts'), 'utf8')
  const defaults = /defaults: \{\n([\s\S]*?)\n {2}\},/.exec(source)?.[1] ?? ''
  return [...defaults.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name ?? '')
}

describe('examples', () => {
  const files = readdirSync(EXAMPLES).filter((name) => name.endsWith('.json'))

  it('exist, numbered in the order in which to read them', () => {
    assert.ok(files.length > 0)
    files.sort().forEach((name, index) => {
      assert.ok(name.startsWith(`${String(index + 1).padStart(2, '0')} - `), name)
    })
  })

  it('are listed in both languages, and nothing else is', () => {
    for (const page of ['examples.md', 'examples.zh-CN.md']) {
      const text = readFileSync(join(ROOT, 'docs', page), 'utf8')
      const listed = [...text.matchAll(/^\| `(\d\d - .+?)` +\|/gm)].map(
        ([, name]) => `${name}.json`,
      )
      assert.deepEqual(listed, [...files].sort(), page)
    }
  })

  it('share one project, so that its AccessKey is typed once', () => {
    const folders = [EXAMPLES, join(EXAMPLES, 'dashboard')]
    const paths = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(folder, name)),
    )
    const projects = paths.map((path) =>
      (JSON.parse(readFileSync(path, 'utf8')) as FlowNode[]).filter(
        ({ type }) => type === 'sls-project',
      ),
    )
    assert.ok(projects.length > files.length)
    for (const found of projects) assert.deepEqual(found, projects[0])
  })

  for (const file of files) {
    describe(file, () => {
      const nodes = JSON.parse(readFileSync(join(EXAMPLES, file), 'utf8')) as FlowNode[]
      const ours = nodes.filter(({ type }) => type.startsWith('sls-'))

      it('has our nodes exactly as the editor saves them', () => {
        assert.ok(ours.length > 0)
        const position = ['id', 'type', 'z', 'g', 'x', 'y', 'wires']
        for (const node of ours) {
          const saved = Object.keys(node).filter((name) => !position.includes(name))
          assert.deepEqual(saved.sort(), properties(node.type).sort(), node.type)
        }
      })

      it('has each sls in node in the current version, as an earlier one means other defaults', () => {
        for (const node of ours.filter(({ type }) => type === 'sls-kafka-in')) {
          assert.equal(node['version'], SETTINGS_VERSION)
        }
      })

      it('carries no credentials', () => {
        assert.deepEqual(
          nodes.filter((node) => 'credentials' in node),
          [],
        )
      })

      it('wires and refers only to nodes that it brings', () => {
        const ids = new Set(nodes.map(({ id }) => id))
        for (const node of nodes) {
          // Of wires, of Catch and Status nodes, of Link nodes and of groups.
          const referred = ['wires', 'scope', 'links', 'nodes'].flatMap((name) =>
            ((node[name] as (string | string[])[] | null | undefined) ?? []).flat(),
          )
          if (['sls-kafka-in', 'sls-kafka-out'].includes(node.type)) {
            referred.push(node['project'] as string)
          }
          if ('g' in node) referred.push(node['g'] as string)
          for (const id of referred) assert.ok(ids.has(id), id)
        }
      })
    })
  }
})
