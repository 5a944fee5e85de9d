import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../../../tools/shared/repository'

type FlowNode = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string }

const EXAMPLES = join(repositoryRoot(), 'examples')

const flowIn = (...path: string[]): FlowNode[] =>
  JSON.parse(readFileSync(join(EXAMPLES, ...path), 'utf8')) as FlowNode[]

/** It lies apart, because it needs nodes of another package, which no test has. */
describe('the example with a dashboard', () => {
  const nodes = flowIn('dashboard', 'Rate and delay charts.json')
  const others = flowIn('17 - Alert when the delay exceeds a minute.json')
  const isOfDashboard = ({ type }: FlowNode): boolean => type.startsWith('ui-')

  it('has only nodes of example 17 and of the dashboard', () => {
    const known = new Set(others.map(({ type }) => type))
    const unknown = nodes.filter((node) => !known.has(node.type) && !isOfDashboard(node))
    assert.deepEqual(unknown, [])
    assert.equal(nodes.filter(({ type }) => type === 'ui-chart').length, 2)
  })

  it('has the properties of our nodes that example 17 has', () => {
    for (const node of nodes.filter(({ type }) => type.startsWith('sls-'))) {
      const same = others.find(({ type }) => type === node.type) ?? assert.fail(node.type)
      assert.deepEqual(Object.keys(node).sort(), Object.keys(same).sort())
    }
  })

  it('refers only to nodes that it contains', () => {
    const ids = nodes.map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
    for (const node of nodes) {
      const wires = (node['wires'] ?? []) as readonly (readonly string[])[]
      const named = ['z', 'project', 'group', 'page', 'ui', 'theme']
        .filter((name) => isOfDashboard(node) || !['group'].includes(name))
        .filter((name) => node.type !== 'sls-project' || name !== 'project')
        .flatMap((name) => (typeof node[name] === 'string' ? [node[name]] : []))
      for (const id of [...wires.flat(), ...named]) assert.ok(ids.includes(id), id)
    }
  })
})
