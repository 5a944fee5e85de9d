import { CONSOLE_ADDRESS, ACCESS_KEY, EditorBench } from './support/editor-bench'
import { ProjectDialog } from './support/project-dialog'

/** Pictures to look at; what is in them is tested elsewhere. */
describe('pictures of the dialog of a project', () => {
  const bench = EditorBench.forAll()

  for (const language of ['en-US', 'zh-CN'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      it(`in ${language}, ${theme}`, async () => {
        const editor = await bench.open([], { language, theme })
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
      })
    }
  }
})
