import assert from 'node:assert/strict'
import { PROJECT } from '../support/alibaba-hosts'
import { ACCESS_KEY, CONSOLE_ADDRESS, EditorRig, LOGSTORE } from './support/editor-rig'
import type { Dialog } from './support/dialog'
import type { Editor } from './support/editor'
import { ProjectDialog } from './support/project-dialog'
import { ConsumerDialog } from './support/consumer-dialog'

/** What a newcomer does by hand, counted as it is done. */
class Newcomer {
  readonly editor: Editor
  readonly did = { dragged: 0, typed: 0, deployed: 0 }

  constructor(editor: Editor) {
    this.editor = editor
  }

  drag(type: string, x: number): Promise<string> {
    this.did.dragged += 1
    return this.editor.drag(type, { x, y: 120 })
  }

  /** Typed or pasted. */
  async fill(dialog: Dialog, field: string, text: string, how: 'type' | 'paste'): Promise<void> {
    this.did.typed += 1
    await dialog[how](field, text)
  }

  async typeAccessKey(dialog: Dialog): Promise<void> {
    for (const [field, text] of Object.entries(ACCESS_KEY)) {
      await this.fill(dialog, field, text, 'type')
    }
  }

  async deploy(): Promise<void> {
    this.did.deployed += 1
    await this.editor.deploy()
  }
}

describe('from an empty editor to the first record', () => {
  const rig = EditorRig.forAll()

  async function draw(): Promise<{ newcomer: Newcomer; reader: string }> {
    const newcomer = new Newcomer(await rig.open())
    const reader = await newcomer.drag('sls-kafka-in', 200)
    const debug = await newcomer.drag('debug', 480)
    await newcomer.editor.wire(reader, debug)
    return { newcomer, reader }
  }

  async function expectFirstRecord({ editor }: Newcomer, reader: string): Promise<void> {
    await editor.status(reader).getByText('waiting for logs').waitFor()
    await rig.emulator.append(LOGSTORE, [{ method: 'GET', status: '502' }])
    const message = await editor.debug.first()
    assert.match(await message.innerText(), /nginx-access[^]*GET/)
  }

  it('takes two nodes, a pasted address, an AccessKey and one deploy', async () => {
    const { newcomer, reader } = await draw()
    const { editor } = newcomer
    const dialog = await editor.edit(reader)
    const project = new ProjectDialog(await dialog.addConfig('project'))
    await newcomer.fill(project.dialog, 'project', CONSOLE_ADDRESS, 'paste')
    await project.notice.waitFor()
    await newcomer.typeAccessKey(project.dialog)
    await project.dialog.save()
    assert.equal(await dialog.valueOf('logstore'), LOGSTORE, 'the logstore of the address')
    assert.match(await dialog.valueOf('group'), /-flow-nginx-access$/, 'the group that is proposed')
    await dialog.save()

    await editor.debug.open()
    await newcomer.deploy()
    await expectFirstRecord(newcomer, reader)
    assert.deepEqual(newcomer.did, { dragged: 2, typed: 3, deployed: 1 })
    await editor.screenshot('first-record')

    const exported = await editor.exported()
    assert.match(exported, /shop-prod/)
    assert.doesNotMatch(exported, /KEEP-THIS-TO-YOURSELF/)
    assert.doesNotMatch(exported, /LTAI5tTest/)
  })

  it('takes a project, a region and an AccessKey without the address, and a logstore to choose', async () => {
    const { newcomer, reader } = await draw()
    const { editor } = newcomer
    const dialog = await editor.edit(reader)
    const project = new ProjectDialog(await dialog.addConfig('project'))
    await newcomer.fill(project.dialog, 'project', PROJECT, 'type')
    await newcomer.fill(project.dialog, 'endpoint', 'cn-hangzhou', 'type')
    await newcomer.typeAccessKey(project.dialog)
    await project.dialog.save()
    const read = new ConsumerDialog(dialog)
    await read.lookUp()
    await read.logstores.getByText(LOGSTORE).click()
    await dialog.field('logstore').blur()
    await dialog.save()

    await editor.debug.open()
    await newcomer.deploy()
    await expectFirstRecord(newcomer, reader)
    assert.deepEqual(newcomer.did, { dragged: 2, typed: 4, deployed: 1 })
  })
})
