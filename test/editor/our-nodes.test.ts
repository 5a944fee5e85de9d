import assert from 'node:assert/strict'
import { EditorRig } from './support/editor-rig'
import { portLabels } from './support/port-labels'

describe('the editor with our nodes', () => {
  const rig = EditorRig.forAll()

  for (const words of ['sls', 'kafka', 'aliyun', '日志']) {
    it(`finds them in the palette by ${words}`, async () => {
      const { page } = await rig.open()
      const search = page.locator('#red-ui-palette-search input')
      await search.pressSequentially(words)
      // An input method ends with a key, and the search listens to keys.
      await search.press('Shift')
      const entries = page.locator('.red-ui-palette-node:visible')
      await page.waitForFunction(() => $('.red-ui-palette-node:visible').length < 9)
      const labels = await entries.locator('.red-ui-palette-label').allInnerTexts()
      assert.deepEqual(labels.sort(), ['sls ack', 'sls control', 'sls in', 'sls out'])
    })
  }

  it('names every port', async () => {
    const ack = { id: 'ack', type: 'sls-kafka-ack', z: 'tab', x: 480, y: 120, wires: [[]] }
    const control = { ...ack, id: 'control', type: 'sls-kafka-control', y: 200 }
    const out = { ...ack, id: 'out', type: 'sls-kafka-out', y: 280 }
    const { page } = await rig.open([ack, control, out])
    assert.deepEqual(await portLabels(page, 'ack', 'inputs'), [
      'messages whose record is done or failed',
    ])
    assert.deepEqual(await portLabels(page, 'ack', 'outputs'), ['the same message'])
    assert.deepEqual(await portLabels(page, 'control', 'inputs'), ['what to do'])
    assert.deepEqual(await portLabels(page, 'control', 'outputs'), ['the result of each node'])
    assert.deepEqual(await portLabels(page, 'out', 'inputs'), ['messages to write'])
    assert.deepEqual(await portLabels(page, 'out', 'outputs'), ['messages whose logs are stored'])
  })

  it('shows what an imported node lacks before it is deployed, and the runtime says the same', async () => {
    const editor = await rig.open()
    const pieces = { type: 'sls-kafka-in', z: 'tab', x: 200, wires: [[]] }
    await editor.importFlow(
      JSON.stringify([
        { ...pieces, id: 'bare', y: 120 },
        {
          ...pieces,
          id: 'lost',
          y: 200,
          project: 'gone',
          logstore: 'Nginx',
          group: 'g',
          emit: 'x',
        },
      ]),
    )
    await editor.page.locator('#red-ui-workspace-chart').click({ position: { x: 400, y: 300 } })
    const invalid = await editor.invalidNodes()
    const errors = invalid.map((node) => node.errors.join('\n'))
    assert.equal(invalid.length, 2)
    assert.match(errors[0] ?? '', /Project[^]*Logstore is missing\.[^]*Group is missing\./)
    assert.match(
      errors[1] ?? '',
      /Project[^]*Logstore "Nginx" is not a valid logstore name[^]*Emit "x"/,
    )
    await editor.page.locator('#red-ui-header-button-deploy').click()
    await editor.page.getByRole('button', { name: 'Confirm deploy' }).click()
    const log = await rig.nodeRed.waitForLog('SLS_CONFIG_INVALID')
    assert.match(log, /Project is disabled, deleted or not chosen/)
    const [id = ''] = await editor.idsOf('sls-kafka-in')
    await editor.status(id).getByText('check settings').waitFor()
  })

  it('takes the token of an ack node from wherever it is', async () => {
    const ack = { id: 'ack', type: 'sls-kafka-ack', z: 'tab', x: 480, y: 120, wires: [[]] }
    const editor = await rig.open([ack])
    for (const type of ['msg', 'flow', 'global', 'str', 'env', 'jsonata']) {
      const dialog = await editor.edit('ack')
      assert.equal(await dialog.field('action').inputValue(), 'ack')
      await dialog.page.evaluate((chosen) => {
        $('#node-input-token').typedInput('type', chosen)
        $('#node-input-token').typedInput('value', 'done')
      }, type)
      await dialog.save()
      const saved = JSON.parse(await editor.exported()) as Record<string, unknown>[]
      const node = saved.find(({ id }) => id === 'ack')
      assert.deepEqual([node?.['token'], node?.['tokenType']], ['done', type])
    }
  })
})

declare const $: (selector: string) => {
  readonly length: number
  typedInput(method: 'type' | 'value', value: string): void
}
