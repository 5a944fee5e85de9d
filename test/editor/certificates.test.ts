import assert from 'node:assert/strict'
import { startEmulator, type RunningEmulator } from '../../tools/emulator/process'
import { PROJECT } from '../support/alibaba-hosts'
import type { Language } from '../support/locales'
import type { Dialog } from './support/dialog'
import { ACCESS_KEY, EditorRig, LOGSTORE } from './support/editor-rig'
import { ProjectDialog } from './support/project-dialog'

const ENDPOINT = 'cn-hangzhou.log.aliyuncs.com'
const ADDRESS = `${PROJECT}.${ENDPOINT}`
const OTHER_NAME: Readonly<Record<Language, RegExp>> = {
  'en-US': /SLS_TLS_FAILED[^]*\(issued for localhost, .*, expected sls\.example\)/,
  'zh-CN': /SLS_TLS_FAILED[^]*（证书颁发给 localhost, .*，应为 sls\.example）/,
}

describe('the certificates of a project', () => {
  const rig = EditorRig.forAll()

  /** Fills in the dialog of a project. @param address of Bootstrap */
  async function fill(address: string, language: Language = 'en-US'): Promise<ProjectDialog> {
    const editor = await rig.open([], { language })
    const project = new ProjectDialog(await editor.editConfig('sls-project'))
    await project.dialog.fill('project', PROJECT)
    await project.dialog.fill('accessKeyId', ACCESS_KEY.accessKeyId)
    await project.dialog.fill('accessKeySecret', ACCESS_KEY.accessKeySecret)
    await project.openAdvanced()
    await project.dialog.fill('bootstrap', address)
    return project
  }

  /** An emulator whose CA Node-RED does not trust. */
  async function startStranger(): Promise<RunningEmulator> {
    return rig.resources.started(
      startEmulator({ project: PROJECT, logstores: { [LOGSTORE]: 1 }, ...ACCESS_KEY }),
    )
  }

  async function upload(tls: Dialog, file: 'ca' | 'cert' | 'key', pem: string): Promise<void> {
    const buffer = Buffer.from(pem)
    await tls.field(`${file}file`).setInputFiles({ name: `${file}.pem`, mimeType: '', buffer })
    await tls.page.locator(`#tls-config-${file}name`).getByText(`${file}.pem`).waitFor()
  }

  it('are checked for the name that the dialog shows', async () => {
    const project = await fill('vpc.example:443')
    const { dialog, certificateName } = project
    await certificateName.getByText('vpc.example').waitFor()
    await dialog.type('endpoint', ENDPOINT)
    await certificateName.getByText(ADDRESS).waitFor()
    const tls = await dialog.addConfig('tls')
    await tls.fill('servername', 'tls.example')
    await tls.save()
    await certificateName.getByText('tls.example').waitFor()
    await dialog.type('serverName', 'sls.example', 'stay')
    await certificateName.getByText('sls.example').waitFor()
    await dialog.type('serverName', 'sls.example:443')
    assert.match(await dialog.complaint('serverName'), /looks like sls\.example\.com/)
  })

  for (const [language, says] of Object.entries(OTHER_NAME)) {
    it(`of another name are refused with both names, ${language}`, async () => {
      const project = await fill(`localhost:${rig.emulator.port}`, language as Language)
      await project.dialog.fill('serverName', 'sls.example')
      assert.match(await project.test(), says)
      await project.dialog.fill('serverName', '127.0.0.1')
      await project.test()
      assert.doesNotMatch((await project.outcomes()).join(), /failed/)
    })
  }

  it('can be tested before the deploy if they are pasted, and again after a change', async () => {
    const { port, ca } = await startStranger()
    const project = await fill(`localhost:${port}`)
    const { dialog } = project
    assert.match(await project.test(), /SLS_TLS_FAILED[^]*unknown authority/)
    const added = await dialog.addConfig('tls')
    await upload(added, 'ca', ca)
    await added.save()
    await project.steps.first().waitFor({ state: 'detached' })
    assert.match(await project.test(), /The AccessKey was accepted/)
    const edited = await dialog.editConfig('tls')
    await edited.page.locator('#tls-config-button-ca-clear').click()
    await edited.save()
    await project.steps.first().waitFor({ state: 'detached' })
    assert.match(await project.test(), /SLS_TLS_FAILED/)
  })

  it('can be tested after the deploy if they are in files', async () => {
    const project = await fill(`localhost:${rig.emulator.port}`)
    const tls = await project.dialog.addConfig('tls')
    await tls.field('uselocalfiles').check()
    await tls.fill('ca', '/no/such/file.pem')
    await tls.save()
    assert.match(await project.test(), /names files, which are read only after a deploy/)
  })

  it('can be tested after the deploy if the tls-config was deployed and is changed', async () => {
    const tls = { id: 'tls', type: 'tls-config', cert: '', key: '', ca: '', verifyservercert: true }
    const editor = await rig.open([
      { ...tls, name: 'CA' },
      { id: 'project', type: 'sls-project', version: 1, project: PROJECT, tls: 'tls' },
    ])
    const changed = await editor.editConfig('tls-config', 'tls')
    await changed.fill('servername', 'sls.example')
    await changed.save()
    const project = new ProjectDialog(await editor.editConfig('sls-project', 'project'))
    await project.dialog.fill('endpoint', ENDPOINT)
    await project.dialog.fill('accessKeyId', ACCESS_KEY.accessKeyId)
    await project.dialog.fill('accessKeySecret', ACCESS_KEY.accessKeySecret)
    assert.match(await project.test(), /was changed since the deploy/)
  })
})
