import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FlowNode } from '../../tools/shared/node-red'
import { repositoryRoot } from '../../tools/shared/repository'
import { EditorRig } from './support/editor-rig'
import type { Editor } from './support/editor'

const FOLDER = join(repositoryRoot(), 'examples')
const EXAMPLE = readdirSync(FOLDER).find((name) => name.startsWith('16 - ')) ?? ''

interface PageRED {
  nodes: { import(nodes: unknown, options: { generateIds: boolean; addFlow: boolean }): unknown }
}

declare const RED: PageRED

/** What the editor does with a flow that it has already, once the user has said so. */
async function importCopy(editor: Editor, text: string): Promise<void> {
  await editor.page.evaluate((flow) => {
    RED.nodes.import(JSON.parse(flow), { generateIds: true, addFlow: true })
  }, text)
}

/** Ids of the consumers of each control node, and those of the consumers on its tab. */
async function bindings(editor: Editor): Promise<{ chosen: unknown; onTab: string[] }[]> {
  const nodes = JSON.parse(await editor.exported()) as FlowNode[]
  return nodes
    .filter(({ type }) => type === 'sls-kafka-control')
    .map(({ z, consumers }) => ({
      chosen: consumers,
      onTab: nodes
        .filter((node) => node.type === 'sls-kafka-in' && node['z'] === z)
        .map(({ id }) => id),
    }))
}

describe('the consumers of an sls control node', () => {
  const rig = EditorRig.forAll()
  const text = readFileSync(join(FOLDER, EXAMPLE), 'utf8')
  const control = 'the-control'

  it('are those of its own copy, however often a flow is imported', async () => {
    const editor = await rig.open()
    await editor.importFlow(text)
    const [{ chosen: first } = { chosen: null }] = await bindings(editor)
    await importCopy(editor, text)
    const copies = await bindings(editor)
    assert.equal(copies.length, 2)
    for (const { chosen, onTab } of copies) assert.deepEqual(chosen, onTab)
    assert.notDeepEqual(copies[1]?.chosen, first)
  })

  it('are chosen in a list, and none is all of the tab', async () => {
    const common = { z: 'tab', x: 200, y: 100, wires: [[]] }
    const flow = { logstore: 'access-log', group: 'node-red', version: 1, project: '' }
    const editor = await rig.open([
      { ...common, ...flow, id: 'reader', type: 'sls-kafka-in', name: 'nginx' },
      { ...common, id: control, y: 200, type: 'sls-kafka-control', consumers: ['reader'] },
    ])
    const dialog = await editor.edit(control)
    const box = editor.page.locator('#sls-kafka-control-consumers input[type=checkbox]')
    await editor.screenshot('control dialog')
    assert.equal(await box.isChecked(), true)
    await box.uncheck({ force: true })
    await dialog.save()
    assert.deepEqual((await bindings(editor))[0]?.chosen, [])
    const again = await editor.edit(control)
    await box.check({ force: true })
    await again.save()
    const [{ chosen, onTab } = { chosen: null, onTab: [] }] = await bindings(editor)
    assert.deepEqual(chosen, onTab)
  })

  it('can be sls out nodes as well, which the list marks', async () => {
    const common = { z: 'tab', x: 200, y: 100, wires: [[]], version: 1 }
    const editor = await rig.open([
      { ...common, id: 'writer', type: 'sls-kafka-out', name: 'enriched', logstore: 'app-log' },
      { ...common, id: control, y: 200, type: 'sls-kafka-control', consumers: [] },
    ])
    const dialog = await editor.edit(control)
    const list = editor.page.locator('#sls-kafka-control-consumers')
    await list.getByText('enriched').waitFor()
    await list.getByText('sls out').waitFor()
    await list.locator('input[type=checkbox]').check({ force: true })
    await dialog.save()
    assert.deepEqual((await bindings(editor))[0]?.chosen, ['writer'])
  })
})
