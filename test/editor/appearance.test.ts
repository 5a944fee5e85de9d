import { CONSOLE_ADDRESS, ACCESS_KEY, EditorRig } from './support/editor-rig'
import { ProjectDialog } from './support/project-dialog'

/** Pictures to look at; what is in them is tested elsewhere. */
for (const language of ['en-US', 'zh-CN'] as const) {
  // A Node-RED takes ten connection tests in a minute.
  describe(`pictures of the dialog of a project in ${language}`, () => {
    const rig = EditorRig.forAll()

    for (const theme of ['light', 'dark'] as const) {
      it(`in the theme ${theme}`, async () => {
        const editor = await rig.open([], { language, theme })
        const picture = (name: string): Promise<void> =>
          editor.screenshot(`project ${name} - ${language} ${theme}`)
        const reader = await editor.drag('sls-kafka-in', { x: 200, y: 120 })
        const dialog = await editor.edit(reader)
        const project = new ProjectDialog(await dialog.addConfig('project'))
        await picture('1 empty')
        await project.showRegions()
        await picture('2 regions')
        await project.dialog.page.keyboard.press('Escape')
        await project.dialog.paste('project', CONSOLE_ADDRESS)
        await project.notice.waitFor()
        await project.dialog.type('accessKeyId', ACCESS_KEY.accessKeyId)
        await project.dialog.type('accessKeySecret', 'not-the-secret')
        await project.test()
        await picture('3 failed')
        await project.dialog.type('accessKeySecret', ACCESS_KEY.accessKeySecret)
        await project.test()
        await picture('4 passed')
        await project.openAdvanced()
        await project.openPolicy()
        await picture('5 all of it')
        await project.dialog.type('serverName', 'sls.example')
        await project.test()
        await picture('6 certificate')
      })
    }
  })
}
