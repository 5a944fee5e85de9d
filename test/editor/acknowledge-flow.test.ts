import assert from 'node:assert/strict'
import type { FlowNode } from '../../tools/shared/node-red'
import { waitUntil } from '../../tools/shared/polling'
import { deployedConsumer, deployedProject } from './support/consumer-flow'
import type { Editor } from './support/editor'
import { EditorRig, LOGSTORE } from './support/editor-rig'
import { MonitorRig, READER } from './support/monitor-rig'
import { Wiring } from './support/wiring'

const ON_ACK = { commit: 'onAck' }

function node(id: string, type: string, x: number, more: object = {}): FlowNode {
  return { id, type, z: 'tab', name: id, x, y: 120, wires: [[]], ...more }
}

const change = (id: string, more: object = {}): FlowNode =>
  node(id, 'change', 400, { rules: [], ...more })
const debug = (id: string): FlowNode =>
  node(id, 'debug', 600, { wires: [], complete: 'payload', active: true, tosidebar: true })

/** Tells in its status how many records it has handled, and how many of them at once. */
const SLOW = node('slow', 'function', 400, {
  outputs: 1,
  func: `
    const inside = (context.get('inside') ?? 0) + 1
    context.set('inside', inside)
    context.set('most', Math.max(inside, context.get('most') ?? 0))
    await new Promise((resolve) => setTimeout(resolve, 100))
    context.set('inside', context.get('inside') - 1)
    context.set('count', (context.get('count') ?? 0) + 1)
    node.status({ text: context.get('count') + ' done, ' + context.get('most') + ' at once' })
    return msg`,
})

describe('acknowledging a flow', () => {
  const rig = EditorRig.forAll()
  let editor: Editor
  let wiring: Wiring

  async function open(
    consumer: Readonly<Record<string, unknown>>,
    ...others: readonly FlowNode[]
  ): Promise<void> {
    editor = await rig.open([deployedProject(), deployedConsumer(consumer), ...others])
    wiring = new Wiring(editor)
  }

  it('adds all that is missing, and one undo removes it', async () => {
    await open({ wires: [['work']] }, change('work', { wires: [['debug']] }), debug('debug'))
    const dialog = await editor.edit('reader')
    await wiring.button.click()
    assert.match(await wiring.shown.innerText(), /sls ack after work[^]*nack, for errors of "work"/)
    await editor.screenshot('acknowledge-flow plan')
    await wiring.add.click()
    await dialog.field('name').waitFor({ state: 'detached' })

    const [ack, nack] = await wiring.saved('sls-kafka-ack')
    assert.deepEqual([ack?.['action'], nack?.['action']], ['ack', 'nack'])
    const [work] = await wiring.saved('change')
    assert.deepEqual(work?.['wires'], [['debug', ack?.id]])
    const [caught] = await wiring.saved('catch')
    assert.deepEqual([caught?.['scope'], caught?.['wires']], [['work'], [[nack?.id]]])
    await wiring.becomes('reader', true)
    await editor.screenshot('acknowledge-flow added')

    await wiring.invoke('core:undo')
    assert.deepEqual(await wiring.saved('sls-kafka-ack'), [])
    assert.deepEqual(await wiring.saved('catch'), [])
    assert.equal((await wiring.saved('sls-kafka-in'))[0]?.['commit'], 'onAck', 'a step of its own')
    await wiring.becomes('reader', false)

    await wiring.invoke('core:redo')
    assert.equal((await wiring.saved('sls-kafka-ack')).length, 2)
    await wiring.becomes('reader', true)
    await wiring.invoke('core:undo')
    await wiring.invoke('core:undo')
    assert.equal((await wiring.saved('sls-kafka-in'))[0]?.['commit'] ?? 'onSend', 'onSend')
  })

  it('acknowledges nothing early where a Debug node stands beside a slow node', async () => {
    const group = { group: 'slow-work', logstore: 'app-log', startFrom: 'earliest' }
    const running = { ...group, autoStart: true, maxInFlight: '1', wires: [['slow', 'debug']] }
    await open(running, SLOW, debug('debug'))
    await editor.edit('reader')
    await wiring.acknowledge()
    await editor.deploy()
    await rig.emulator.append('app-log', [{ n: '1' }, { n: '2' }, { n: '3' }, { n: '4' }])
    await editor.status('slow').getByText('4 done').waitFor()
    assert.equal(await editor.status('slow').textContent(), '4 done, 1 at once')
  })

  it('takes two nodes, three fields, the button and one deploy from an empty editor', async () => {
    await open({ group: 'first-ack', autoStart: true, wires: [['debug']] }, debug('debug'))
    await editor.edit('reader')
    await wiring.acknowledge()
    assert.deepEqual(await editor.invalidNodes(), [])
    await editor.deploy()
    await editor.status('reader').getByText('waiting for logs').waitFor()
    await rig.emulator.append(LOGSTORE, [{ method: 'GET' }])
    const isCommitted = async (): Promise<boolean> => {
      const { groups } = await rig.emulator.state()
      return groups.some(({ id, offsets }) => id === 'first-ack' && offsets.length > 0)
    }
    await waitUntil(isCommitted, () => 'nothing was committed', { timeoutMs: 60_000 })
  })

  it('works by keyboard', async () => {
    await open({ ...ON_ACK, wires: [['work']] }, change('work'))
    const dialog = await editor.edit('reader')
    await dialog.field('commit').focus()
    await editor.page.keyboard.press('Tab')
    await editor.page.keyboard.press('Enter')
    await wiring.add.waitFor()
    await editor.page.keyboard.press('Enter')
    await dialog.field('name').waitFor({ state: 'detached' })
    assert.equal((await wiring.saved('sls-kafka-ack')).length, 2)
  })

  it('adds nothing where a message goes two ways, and names the place', async () => {
    await open({ ...ON_ACK, wires: [['one', 'two']] }, change('one'), change('two'))
    await wiring.badge('reader').waitFor()
    await editor.edit('reader')
    assert.match(await wiring.shown.innerText(), /reports: messages go two ways from here/)
    await wiring.button.click()
    assert.match(await wiring.shown.innerText(), /Check these places first/)
    assert.equal(await wiring.add.count(), 0)
  })

  it('adds a Complete node behind a node without an output whose type completes', async () => {
    const end = node('answer', 'http response', 400, { wires: [] })
    await open({ ...ON_ACK, wires: [['answer']] }, end)
    await editor.edit('reader')
    await wiring.acknowledge()
    const [complete] = await wiring.saved('complete')
    assert.deepEqual(complete?.['scope'], ['answer'])
  })

  it('adds nothing to a locked flow', async () => {
    const other = [
      node('out', 'link out', 400, { mode: 'link', links: ['in'], wires: [] }),
      { id: 'shut', type: 'tab', label: 'Shut', locked: true },
      node('in', 'link in', 100, { z: 'shut', links: ['out'], wires: [['far']] }),
      change('far', { z: 'shut' }),
    ]
    await open({ ...ON_ACK, wires: [['out']] }, ...other)
    await editor.edit('reader')
    await wiring.button.click()
    assert.match(await wiring.shown.innerText(), /The flow "Shut" is locked/)
    assert.equal(await wiring.add.count(), 0)
  })

  it('opens with the plan by an action', async () => {
    await open({ ...ON_ACK, wires: [['work']] }, change('work'))
    await wiring.invoke('sls-kafka:acknowledge-flow')
    await wiring.add.waitFor()
    assert.match(await wiring.shown.innerText(), /sls ack after work/)
  })

  it('makes a node invalid of which no record would be done, until that is repaired', async () => {
    await open({ ...ON_ACK, wires: [['work']] }, change('work'))
    await wiring.becomes('reader', false)
    const [found] = await editor.invalidNodes()
    assert.match(found?.errors.join() ?? '', /No sls ack node can be reached/)
    await editor.edit('reader')
    await wiring.acknowledge()
    await wiring.becomes('reader', true)
  })
})

describe('acknowledging a flow, for a user who may only read', () => {
  const rig = MonitorRig.forAll()

  it('adds nothing, and says why', async () => {
    const { editor } = await rig.open('reader')
    const wiring = new Wiring(editor)
    await editor.edit(READER)
    await wiring.button.click()
    assert.match(await wiring.shown.innerText(), /no permission to change flows/)
    assert.equal(await wiring.add.count(), 0)
  })
})
