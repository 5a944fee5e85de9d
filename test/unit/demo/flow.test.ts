import assert from 'node:assert/strict'
import { BUTTON, MAX_IN_FLIGHT } from '../../../demo/check-orders'
import { ORDERS } from '../../../demo/endpoint'
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
  readonly logstore?: string
  readonly commit?: string
  readonly maxInFlight?: string
  readonly senderr?: boolean
  readonly scope?: readonly string[]
  readonly wires?: readonly (readonly string[])[]
}

const VALUES = {
  DEMO_BOOTSTRAP: 'localhost:10012',
  DEMO_CA_FILE: 'C:\\Temp\\"ca".pem',
  DEMO_BUTTONS_URL: 'http://127.0.0.1:8080',
  DEMO_DATABASE_URL: 'http://127.0.0.1:8081',
  DEMO_OUTAGE_SECONDS: '20',
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

  it('has the buttons that the check presses', async () => {
    const buttons = (await nodes()).filter(({ type }) => type === 'inject').map(({ id }) => id)
    for (const id of Object.values(BUTTON)) assert.ok(buttons.includes(id), id)
  })

  it('acknowledges an order once it is stored, and only then', async () => {
    const all = await nodes()
    const orders = all.find(({ logstore }) => logstore === ORDERS)
    assert.equal(orders?.commit, 'onAck')
    assert.equal(orders.maxInFlight, String(MAX_IN_FLIGHT))
    const store = all.find(({ id }) => id === 'demo-store')
    // Otherwise a request that failed would be acknowledged as well.
    assert.equal(store?.senderr, true)
    const toAck = all.filter(({ wires = [] }) => wires.flat().includes('demo-ack'))
    assert.deepEqual(
      toAck.map(({ id }) => id),
      ['demo-store'],
    )
    const caught = all.find(({ wires = [] }) => wires.flat().includes('demo-nack'))
    assert.deepEqual(caught?.scope, ['demo-store'])
  })
})
