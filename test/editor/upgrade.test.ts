import assert from 'node:assert/strict'
import type { FlowNode } from '../../tools/shared/node-red'
import { savedFlow } from '../support/saved-flow'
import { ACCESS_KEY, EditorRig } from './support/editor-rig'

/** What opening and saving the dialogs changes: the migration from version 1 to 2, and properties that came later. */
const MIGRATED: Readonly<Record<string, object>> = {
  project: { serverName: '' },
  'on-send': { version: 2, maxInFlight: '100', sharesGroup: false },
  'on-ack': { version: 2, sharesGroup: false },
  batches: { version: 2, maxInFlight: '100', sharesGroup: false },
}

const isOurs = ({ type }: FlowNode): boolean => type.startsWith('sls-')
const byId = (one: FlowNode, other: FlowNode): number => one.id.localeCompare(other.id)

/** Its dead letters end at a Debug node, which the check of the wires takes for the fault that it is. */
const acknowledged = (node: FlowNode): FlowNode => ({
  ...node,
  wires: [
    ['acked', 'ack'],
    ['dead-letters', 'ack'],
  ],
})

describe('dialogs of a flow saved with 0.1.0', () => {
  const rig = EditorRig.forAll()

  it('open without a mark of an error, and save what they found, migrated', async () => {
    const saved = savedFlow().map((node) => (node.id === 'on-ack' ? acknowledged(node) : node))
    const [tab, ...nodes] = saved
    const editor = await rig.open([
      { ...tab, id: 'u0', type: 'tab' },
      ...nodes.map((node) =>
        node.type === 'sls-project' ? { ...node, credentials: ACCESS_KEY } : node,
      ),
    ])
    await editor.page.locator('#red-ui-tab-u0').click()
    assert.deepEqual(await editor.unknownTypes(), [])
    assert.deepEqual(await editor.invalidNodes(), [])
    for (const { id, type } of saved.filter(isOurs)) {
      const dialog =
        type === 'sls-project' ? await editor.editConfig(type, id) : await editor.edit(id)
      assert.equal(await dialog.root.locator('.input-error').count(), 0, id)
      await dialog.save()
    }
    assert.deepEqual(await editor.invalidNodes(), [])
    const exported = JSON.parse(await editor.exported()) as FlowNode[]
    assert.deepEqual(
      exported.filter(isOurs).sort(byId),
      saved
        .filter(isOurs)
        .map((node) => ({ ...node, ...MIGRATED[node.id] }))
        .sort(byId),
    )
  })
})
