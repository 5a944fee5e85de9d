import assert from 'node:assert/strict'
import { CONSOLE_ADDRESS, EditorRig, LOGSTORE } from './support/editor-rig'
import type { Editor, EditorOptions } from './support/editor'
import { ProjectDialog } from './support/project-dialog'

const PUBLIC = 'cn-hangzhou.log.aliyuncs.com'
const INTRANET = 'cn-hangzhou-intranet.log.aliyuncs.com'

describe('the dialog of a project', () => {
  const rig = EditorRig.forAll()
  let editor: Editor

  /** Of a new project. */
  async function open(options: EditorOptions = {}): Promise<ProjectDialog> {
    editor = await rig.open([], options)
    return new ProjectDialog(await editor.editConfig('sls-project'))
  }

  it('finds a region by its name, with the keyboard alone', async () => {
    const { dialog, regions, address } = await open()
    await dialog.type('project', 'shop-prod', 'stay')
    await dialog.page.keyboard.press('Tab')
    await dialog.page.keyboard.type('hangz')
    await regions.getByText('China (Hangzhou)').waitFor()
    await dialog.page.keyboard.press('Tab')
    assert.equal(await dialog.valueOf('endpoint'), PUBLIC)
    await address.getByText(`shop-prod.${PUBLIC}:10012`).waitFor()
    assert.equal(await dialog.valueOf('port'), '', 'derived, so nothing is kept')
  })

  for (const [language, text, name] of [
    ['en-US', '杭州', 'China (Hangzhou)'],
    ['zh-CN', 'hangzhou', '华东1（杭州）'],
  ] as const) {
    it(`shows regions in the language of the editor, ${language}, and finds those of the other`, async () => {
      const project = await open({ language })
      await project.dialog.type('endpoint', text, 'stay')
      await project.regions.getByText(name, { exact: true }).click()
      assert.equal(await project.dialog.valueOf('endpoint'), PUBLIC)
    })
  }

  it('lists all regions, the chosen one first', async () => {
    const project = await open()
    await project.dialog.type('endpoint', PUBLIC.replace('hangzhou', 'shanghai'))
    await project.showRegions()
    assert.equal(await project.regions.count(), 28)
    assert.match(await project.regions.first().innerText(), /cn-shanghai/)
  })

  it('switches between public and intranet, and lets a typed port go', async () => {
    const { dialog, address, ...project } = await openFilled()
    await dialog.type('port', '443')
    await address.getByText(':443').waitFor()
    await project.choose('intranet')
    await address.getByText(`shop-prod.${INTRANET}:10011`, { exact: true }).waitFor()
    assert.equal(await dialog.valueOf('endpoint'), INTRANET)
    await project.choose('public')
    await address.getByText(`shop-prod.${PUBLIC}:10012`, { exact: true }).waitFor()
  })

  it('takes a pasted address of the console, in the field of the project or of the region', async () => {
    for (const field of ['project', 'endpoint']) {
      const { dialog, notice } = await open()
      await dialog.paste(field, CONSOLE_ADDRESS)
      await notice.getByText(LOGSTORE).waitFor()
      assert.equal(await dialog.valueOf('project'), 'shop-prod')
      assert.equal(await dialog.valueOf('endpoint'), PUBLIC)
      assert.equal(await dialog.complaint('project'), '')
    }
  })

  it('forgives scheme, project and port', async () => {
    const { dialog, address } = await open()
    await dialog.paste('endpoint', `https://shop-prod.${INTRANET}:10011/`)
    await address.getByText(`shop-prod.${INTRANET}:10011`, { exact: true }).waitFor()
    assert.equal(await dialog.valueOf('project'), 'shop-prod')
    await dialog.type('endpoint', `http://${PUBLIC}:10012`)
    await address.getByText(`shop-prod.${PUBLIC}:10012`, { exact: true }).waitFor()
    assert.equal(await dialog.complaint('endpoint'), '')
  })

  it('takes an endpoint of another cloud, and the variable of an environment', async () => {
    const { dialog, address } = await open()
    await dialog.type('project', 'shop-prod')
    await dialog.type('endpoint', 'log.example.com')
    await address.getByText('shop-prod.log.example.com:10012').waitFor()
    await dialog.type('endpoint', '${SLS_ENDPOINT}')
    assert.equal(await dialog.complaint('endpoint'), '')
  })

  it('says what is wrong with a field, and what would be right', async () => {
    const { dialog } = await open()
    await dialog.type('project', 'My Project')
    assert.match(await dialog.complaint('project'), /3 to 63 lowercase letters/)
  })

  it('does not hand the logstore on if it is cancelled, nor over one that is typed', async () => {
    editor = await rig.open()
    const reader = await editor.drag('sls-kafka-in', { x: 200, y: 120 })
    const below = await editor.edit(reader)
    const cancelled = await below.addConfig('project')
    await cancelled.paste('project', CONSOLE_ADDRESS)
    await cancelled.cancel()
    assert.equal(await below.valueOf('logstore'), '')
    await below.type('logstore', 'app-log')
    const saved = await below.addConfig('project')
    await saved.paste('project', CONSOLE_ADDRESS)
    await saved.save()
    assert.equal(await below.valueOf('logstore'), 'app-log')
  })

  it('fits into a window of 1,000 pixels with all of its sections open', async () => {
    editor = await rig.open()
    await editor.page.setViewportSize({ width: 1_000, height: 900 })
    const project = new ProjectDialog(await editor.editConfig('sls-project'))
    await project.openAdvanced()
    await project.openPolicy()
    const content = await project.dialog.root.locator('.red-ui-tray-body').boundingBox()
    assert.ok(
      content && content.x >= 0 && content.x + content.width <= 1_000,
      JSON.stringify(content),
    )
  })

  it('copies the RAM policy with the name of the project in it', async () => {
    const project = await openFilled()
    await project.whole.openPolicy()
    await project.whole.copyPolicy()
    const copied = await project.dialog.page.evaluate(() => navigator.clipboard.readText())
    assert.match(copied, /project\/shop-prod\/logstore\/\*/)
    assert.match(copied, /log:ListLogStores/)
    await project.whole.listLogstores(false)
    assert.doesNotMatch((await project.whole.policy.textContent()) ?? '', /ListLogStores/)
  })

  it('shows the RAM policy for reading, for writing and for both', async () => {
    const { whole } = await openFilled()
    await whole.openPolicy()
    assert.equal(await whole.access(), 'read')
    for (const [access, reads, writes] of [
      ['write', false, true],
      ['both', true, true],
      ['read', true, false],
    ] as const) {
      await whole.chooseAccess(access)
      const policy = (await whole.policy.textContent()) ?? ''
      const found = [/log:GetCursorOrData/, /log:PostLogStoreLogs/].map((one) => one.test(policy))
      assert.deepEqual(found, [reads, writes], access)
    }
  })

  it('proposes the RAM policy that the nodes of the project need', async () => {
    const at = { z: 'tab', x: 200, y: 100, wires: [[]], project: 'used' }
    editor = await rig.open([
      { id: 'used', type: 'sls-project', version: 1, project: 'shop-prod', endpoint: PUBLIC },
      { ...at, id: 'writer', type: 'sls-kafka-out', version: 1, logstore: 'app-log' },
    ])
    const project = new ProjectDialog(await editor.editConfig('sls-project', 'used'))
    assert.equal(await project.access(), 'write')
  })

  it('saves the properties that flows have always had, and no secret in an export', async () => {
    const { dialog } = await openFilled()
    await dialog.type('accessKeyId', 'LTAI5tTestTestTestTest42')
    await dialog.type('accessKeySecret', 'KEEP-THIS-TO-YOURSELF')
    await dialog.save()
    const exported = JSON.parse(await editor.exported()) as Record<string, unknown>[]
    const saved = exported.find(({ type }) => type === 'sls-project')
    assert.deepEqual(saved, {
      id: saved?.['id'],
      type: 'sls-project',
      version: 1,
      name: '',
      project: 'shop-prod',
      endpoint: PUBLIC,
      port: '',
      bootstrap: '',
      serverName: '',
      tls: '',
    })
  })

  async function openFilled(): Promise<{
    dialog: ProjectDialog['dialog']
    address: ProjectDialog['address']
    choose: (network: 'public' | 'intranet') => Promise<void>
    whole: ProjectDialog
  }> {
    const whole = await open()
    await whole.openAdvanced()
    await whole.dialog.paste('project', CONSOLE_ADDRESS)
    await whole.notice.waitFor()
    const choose = (network: 'public' | 'intranet'): Promise<void> => whole.chooseNetwork(network)
    return { dialog: whole.dialog, address: whole.address, choose, whole }
  }
})
