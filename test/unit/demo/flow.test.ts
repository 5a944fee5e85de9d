import assert from 'node:assert/strict'
import { runInNewContext } from 'node:vm'
import { MAX_IN_FLIGHT } from '../../../tools/demo/check-orders'
import { BUTTON } from '../../../tools/demo/check-steps'
import { ORDERS, PRICED_ORDERS } from '../../../tools/demo/endpoint'
import { demoFlow, fillIn } from '../../../tools/demo/flow'

interface FlowNode {
  readonly id: string
  readonly type: string
  readonly x?: number
  readonly y?: number
  readonly w?: number
  readonly h?: number
  readonly z?: string
  readonly name?: string
  readonly func?: string
  readonly action?: string
  readonly consumers?: readonly string[]
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
const TABS = ['demo-tab', 'demo-back-tab']
/** What Node-RED 4.1 shows of a tab in a window of 1440 × 900; Node-RED 5 shows a narrower and higher part. */
const SHOWN = { right: 913, bottom: 785 }
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
      assert.ok(TABS.includes(node.z ?? ''), node.id)
      if (node.type === 'group') continue
      const group = all.find(({ id }) => id === node.g)
      assert.ok(group?.nodes?.includes(node.id), node.id)
      assert.equal(group?.z, node.z, node.id)
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

  it('acknowledges an order that it writes once it is written, and reads it back', async () => {
    const all = await nodes()
    const writer = all.find(({ type }) => type === 'sls-kafka-out')
    assert.equal(writer?.logstore, PRICED_ORDERS)
    assert.deepEqual(writer.wires, [['demo-vat-ack']])
    const toAck = all.filter(({ wires = [] }) => wires.flat().includes('demo-vat-ack'))
    assert.deepEqual(
      toAck.map(({ id }) => id),
      [writer.id],
    )
    const caught = all.find(({ wires = [] }) => wires.flat().includes('demo-vat-nack'))
    assert.ok(caught?.scope?.includes(writer.id))
    const reader = all.find(
      ({ type, logstore }) => type === 'sls-kafka-in' && logstore === PRICED_ORDERS,
    )
    // A deploy warns of a tab that reads what it writes.
    assert.ok(reader && reader.z !== writer.z)
  })

  it('is all shown in a window of 1440 × 900, and no two groups overlap', async () => {
    const boxes = (await nodes())
      .filter(({ type }) => type === 'group')
      .map(({ id, z, x = 0, y = 0, w = 0, h = 0 }) => ({
        id,
        z,
        x,
        y,
        right: x + w,
        bottom: y + h,
      }))
    for (const box of boxes) {
      assert.ok(box.right <= SHOWN.right && box.bottom <= SHOWN.bottom, box.id)
      const over = boxes.filter(
        (one) =>
          one.id !== box.id &&
          one.z === box.z &&
          one.x < box.right &&
          box.x < one.right &&
          one.y < box.bottom &&
          box.y < one.bottom,
      )
      assert.deepEqual(over, [], box.id)
    }
  })

  it('has every node within its group', async () => {
    const all = await nodes()
    for (const { id, g, x = 0, y = 0 } of all.filter((node) => node.g)) {
      const group = all.find((one) => one.id === g)
      const { x: left = 0, y: top = 0, w = 0, h = 0 } = group ?? {}
      assert.ok(x > left && x < left + w && y > top && y < top + h, id)
    }
  })

  it('sends the waiting orders at once when the database is up again', async () => {
    const all = await nodes()
    const behind = (id: string): FlowNode | undefined => {
      const [next] = all.find((node) => node.id === id)?.wires?.flat() ?? []
      return all.find((node) => node.id === next)
    }
    const started = behind(BUTTON.databaseUp)
    assert.equal(started?.type, 'http request')
    const stop = behind(started.id)
    const start = behind(stop?.id ?? '')
    assert.deepEqual([stop?.action, start?.action], ['stop', 'start'])
    for (const control of [stop, start]) {
      assert.deepEqual(control?.consumers, ['demo-orders-in'])
    }
  })

  it('has a comment that points to the SLS monitor', async () => {
    const comments = (await nodes()).filter(({ type }) => type === 'comment')
    assert.ok(
      comments.some(({ name = '' }) => name.includes('SLS monitor') && name.includes('SLS 监控')),
    )
  })
})

describe('status in the demo flow', () => {
  const NOW = 1_000_000
  const ORDERS = { received: 1_234, stored: 1_214, missing: 20 }

  /** Sends messages to a Function node of the flow. @returns its status after them */
  async function statusOf(id: string, payloads: readonly unknown[]): Promise<string> {
    const { func } = (await nodes()).find((node) => node.id === id) ?? {}
    const memory = new Map<string, unknown>([['counts', {}]])
    const store = {
      get: (key: string) => memory.get(key),
      set: (key: string, value: unknown) => memory.set(key, value),
    }
    let shown = ''
    const node = {
      status: ({ fill, shape, text }: Record<'fill' | 'shape' | 'text', string>) => {
        shown = `${fill} ${shape}: ${text}`
      },
    }
    for (const payload of payloads) {
      const known = { node, msg: { payload }, context: store, global: store }
      runInNewContext(`(() => {${func ?? ''}})()`, { ...known, Date: { now: () => NOW } })
    }
    return shown
  }

  it('says that missing orders are expected while the database is down, and counts down', async () => {
    const status = await statusOf('demo-counter', [
      [{ inFlight: 20, nextAttemptAt: NOW + 11_500 }],
      { ...ORDERS, isDatabaseUp: false },
    ])
    const missing = 'missing 20, as expected: database down'
    assert.equal(status, `yellow ring: ${missing} · 20 waiting, next attempt in 12 s`)
  })

  it('is red only if orders are missing that do not wait while the database is up', async () => {
    const counts = 'received 1,234 · stored 1,214 · missing 20'
    const status = await statusOf('demo-counter', [{ ...ORDERS, isDatabaseUp: true }])
    assert.equal(status, `red dot: ${counts}`)
    const waiting = await statusOf('demo-counter', [
      [{ inFlight: 20, nextAttemptAt: NOW - 100 }],
      { ...ORDERS, isDatabaseUp: true },
    ])
    assert.equal(waiting, `yellow dot: ${counts} · 20 waiting, next attempt in 0 s`)
  })

  it('shows whether database and endpoint are up', async () => {
    const up = { isDatabaseUp: true, outageSecondsLeft: 0, nodeRedStarts: 2 }
    const statusWith = (changes: object): Promise<string> =>
      statusOf('demo-what-is-up', [{ ...up, ...changes }])
    assert.equal(
      await statusWith({}),
      'green dot: database up · endpoint on · Node-RED start no. 2',
    )
    assert.match(
      await statusWith({ isDatabaseUp: false }),
      /^red ring: database down · endpoint on/,
    )
    assert.match(await statusWith({ outageSecondsLeft: 7 }), /^red ring: .* endpoint off, 7 s left/)
  })
})
