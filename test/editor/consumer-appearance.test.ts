import { EditorRig, LOGSTORE } from './support/editor-rig'
import { ConsumerDialog } from './support/consumer-dialog'
import { deployedProject, deployedConsumer } from './support/consumer-flow'

/** Pictures to look at; what is in them is tested elsewhere. */
describe('pictures of the dialogs of a reader and an ack node', () => {
  const rig = EditorRig.forAll()

  for (const language of ['en-US', 'zh-CN'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      it(`in ${language}, ${theme}`, async () => {
        await rig.emulator.append(LOGSTORE, [
          { method: 'GET', status: '502' },
          { content: 'plain' },
        ])
        const editor = await rig.open(
          [
            deployedProject(),
            deployedConsumer({ group: '' }),
            deployedConsumer({ id: 'other', name: 'the other one', y: 200 }),
            { id: 'ack', type: 'sls-kafka-ack', z: 'tab', x: 480, y: 120, wires: [[]] },
            { id: 'control', type: 'sls-kafka-control', z: 'tab', x: 480, y: 200, wires: [[]] },
          ],
          { language, theme },
        )
        const picture = (name: string): Promise<void> =>
          editor.screenshot(`reader ${name} - ${language} ${theme}`)
        await picture('0 flow')
        const fresh = await editor.edit(await editor.drag('sls-kafka-in', { x: 200, y: 300 }))
        await picture('1 empty')
        await fresh.cancel()
        const reader = new ConsumerDialog(await editor.edit('reader'))
        await reader.lookUp()
        await reader.logstores.first().waitFor()
        await picture('2 look-up')
        await reader.dialog.page.keyboard.press('Escape')
        await reader.choose('startFrom', 'earliest')
        await reader.choose('format', 'json')
        await reader.dialog.fill('group', 'reports')
        await reader.preview()
        await picture('3 preview')
        await reader.choose('startFrom', 'time')
        await reader.choose('emit', 'batch')
        await reader.choose('commit', 'onAck')
        await reader.advanced.locator('summary').click()
        await picture('4 everything')
        await reader.dialog.cancel()
        const ack = await editor.edit('ack')
        await picture('5 ack')
        await ack.cancel()
      })
    }
  }
})
