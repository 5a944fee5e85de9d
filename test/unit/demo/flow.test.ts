import assert from 'node:assert/strict'
import { demoFlow, fillIn } from '../../../demo/flow'

interface FlowNode {
  readonly id: string
  readonly type: string
  readonly x?: number
  readonly y?: number
  readonly z?: string
  readonly g?: string
  readonly nodes?: readonly string[]
  readonly ca?: string
  readonly wires?: readonly (readonly string[])[]
}

const VALUES = {
  DEMO_BOOTSTRAP: 'localhost:10012',
  DEMO_CA_FILE: 'C:\\Temp\\"ca".pem',
  DEMO_BUTTONS_URL: 'http://127.0.0.1:8080',
}
const NOT_ON_A_TAB = ['tab', 'sls-project', 'tls-config']

async function nodes(): Promise<FlowNode[]> {
  return JSON.parse(await demoFlow(VALUES)) as FlowNode[]
}

describe('demo flow', () => {
  it('is JSON with every placeholder filled in, whatever characters a value has', async () => {
    const all = await nodes()
    assert.doesNotMatch(JSON.stringify(all), /DEMO_/)
    assert.equal(all.find(({ type }) => type === 'tls-config')?.ca, VALUES.DEMO_CA_FILE)
  })

  it('refuses a placeholder that nothing is known for', () => {
    assert.throws(() => fillIn('["${DEMO_UNKNOWN}"]', VALUES), /DEMO_UNKNOWN/)
  })

  it('gives every node of the tab a place in a group', async () => {
    const all = await nodes()
    for (const node of all.filter(({ type }) => !NOT_ON_A_TAB.includes(type))) {
      assert.equal(typeof node.x, 'number', node.id)
      assert.equal(typeof node.y, 'number', node.id)
      assert.equal(node.z, 'demo-tab', node.id)
      if (node.type === 'group') continue
      const group = all.find(({ id }) => id === node.g)
      assert.ok(group?.nodes?.includes(node.id), node.id)
    }
  })

  it('is wired to nodes that exist', async () => {
    const all = await nodes()
    const ids = new Set(all.map(({ id }) => id))
    assert.equal(ids.size, all.length)
    const wired = all.flatMap(({ wires = [] }) => wires.flat())
    assert.deepEqual(
      wired.filter((id) => !ids.has(id)),
      [],
    )
  })
})
