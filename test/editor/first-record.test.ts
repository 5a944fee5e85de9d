import assert from 'node:assert/strict'
import { ACCESS_KEY, CONSOLE_ADDRESS, EditorBench, LOGSTORE } from './support/editor-bench'
import { ProjectDialog } from './support/project-dialog'

describe('from an empty editor to the first record', () => {
  const bench = EditorBench.forAll()

  it('takes two nodes, a pasted address, an AccessKey, a group and one deploy', async () => {
    const editor = await bench.open()
    const reader = await editor.drag('sls-kafka-in', { x: 200, y: 120 })
    const debug = await editor.drag('debug', { x: 480, y: 120 })
    await editor.wire(reader, debug)

    const dialog = await editor.edit(reader)
    const project = new ProjectDialog(await dialog.addConfig('project'))
    await project.dialog.paste('project', CONSOLE_ADDRESS)
    await project.notice.waitFor()
    await project.dialog.type('accessKeyId', ACCESS_KEY.accessKeyId)
    await project.dialog.type('accessKeySecret', ACCESS_KEY.accessKeySecret)
    await project.dialog.save()
    assert.equal(await dialog.valueOf('logstore'), LOGSTORE, 'the logstore of the address')
    await dialog.type('group', 'node-red-nginx')
    await dialog.save()

    await editor.debug.open()
    await editor.deploy()
    await editor.status(reader).getByText('waiting for logs').waitFor()
    await bench.endpoint.append(LOGSTORE, [{ method: 'GET', status: '502' }])
    const message = await editor.debug.first()
    assert.match(await message.innerText(), /nginx-access[^]*GET/)
    await editor.screenshot('first-record')

    const exported = await editor.exported()
    assert.match(exported, /shop-prod/)
    assert.doesNotMatch(exported, /KEEP-THIS-TO-YOURSELF/)
    assert.doesNotMatch(exported, /LTAI5tTest/)
  })
})
