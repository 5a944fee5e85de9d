import assert from 'node:assert/strict'
import { ConsumerDialog } from './support/consumer-dialog'
import { deployedConsumer, deployedProject } from './support/consumer-flow'
import type { Editor } from './support/editor'
import { EditorRig, LOGSTORE } from './support/editor-rig'
import { Wiring } from './support/wiring'

const COPY = { id: 'copy', name: 'the copy', y: 240 }

describe('two nodes in one group', () => {
  const rig = EditorRig.forAll()
  let editor: Editor
  let wiring: Wiring

  async function open(copy: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const other = deployedConsumer({ ...COPY, ...copy })
    editor = await rig.open([deployedProject(), deployedConsumer(), other])
    wiring = new Wiring(editor)
  }

  it('have a badge, which goes when one of them gets a fresh group by one click', async () => {
    await open()
    await wiring.badge('reader').waitFor()
    await wiring.badge('copy').waitFor()
    const dialog = await editor.edit('copy')
    const consumer = new ConsumerDialog(dialog)
    assert.match(
      await consumer.hint('group').innerText(),
      /Node "nginx-access" reads this logstore/,
    )
    await editor.screenshot('shared-group dialog')
    await dialog.root.locator('#sls-kafka-in-fresh-group').click()
    assert.match(await dialog.valueOf('group'), /-flow-nginx-access$/)
    await consumer.hint('group').waitFor({ state: 'hidden' })
    await dialog.save()
    await wiring.badge('copy').waitFor({ state: 'detached' })
    await wiring.badge('reader').waitFor({ state: 'detached' })
  })

  it('lose the badge by "Shared on purpose", which is saved', async () => {
    await open()
    await wiring.badge('copy').waitFor()
    await editor.screenshot('shared-group badge')
    const dialog = await editor.edit('copy')
    await dialog.field('sharesGroup').check()
    await dialog.save()
    await wiring.badge('copy').waitFor({ state: 'detached' })
    await wiring.badge('reader').waitFor({ state: 'detached' })
    const saved = await wiring.saved('sls-kafka-in')
    assert.equal(saved.find(({ id }) => id === 'copy')?.['sharesGroup'], true)
  })

  it('get a badge when the editor copies a node', async () => {
    await open({ group: 'another' })
    await wiring.copy('reader')
    await wiring.badge('reader').waitFor()
    assert.equal(await wiring.badge('copy').count(), 0)
  })

  it('have none while one of them is disabled', async () => {
    await open({ d: true })
    await wiring.select('copy')
    await wiring.invoke('core:enable-selected-nodes')
    await wiring.badge('reader').waitFor()
    await wiring.invoke('core:disable-selected-nodes')
    await wiring.badge('reader').waitFor({ state: 'detached' })
  })

  it('are told what another logstore means for a group that was proposed', async () => {
    await open({ group: 'another' })
    const dialog = await editor.edit('copy')
    await dialog.type('group', '')
    await dialog.type('logstore', 'app-log')
    await dialog.save()
    const again = await editor.edit('copy')
    const hint = new ConsumerDialog(again).hint('group')
    assert.match(await again.valueOf('group'), /-flow-app-log$/)
    await again.type('logstore', LOGSTORE)
    assert.match(await again.valueOf('group'), /-flow-nginx-access$/)
    assert.match(await hint.innerText(), /was proposed for logstore app-log/)
    await again.type('logstore', 'app-log')
    assert.match(await again.valueOf('group'), /-flow-app-log$/)
    await hint.waitFor({ state: 'hidden' })
  })
})
