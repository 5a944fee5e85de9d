import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../../tools/shared/repository'
import type { FlowNode } from '../../tools/shared/node-red'
import { PROJECT } from '../support/alibaba-hosts'
import type { Language } from '../support/locales'
import type { Editor } from './support/editor'
import { ACCESS_KEY, EditorRig, LOGSTORE } from './support/editor-rig'
import { ProjectDialog } from './support/project-dialog'

const FOLDER = join(repositoryRoot(), 'examples')
/** What the user has yet to fill in. */
const OPEN_FIELDS: Readonly<Record<string, readonly string[]>> = {
  'sls-project': ['project'],
  'sls-kafka-in': ['project', 'logstore', 'group'],
  'sls-kafka-out': ['project', 'logstore'],
}

describe('every example', () => {
  const rig = EditorRig.forAll()

  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.json'))) {
    it(`${name} is imported, and asks for no more than a name and a key`, async () => {
      const text = readFileSync(join(FOLDER, name), 'utf8')
      const editor = await rig.open()
      await editor.importFlow(text)
      assert.deepEqual(await editor.unknownTypes(), [])
      const nodes = JSON.parse(text) as FlowNode[]
      const consumers = nodes.filter(({ type }) => type === 'sls-kafka-in')
      assert.equal((await editor.idsOf('sls-kafka-in')).length, consumers.length)
      for (const { type, errors } of await editor.invalidNodes()) {
        const complaints = errors.filter(
          (error) => !OPEN_FIELDS[type]?.some((field) => error.toLowerCase().includes(field)),
        )
        assert.deepEqual(complaints, [], `${type}: what is wrong`)
      }
      for (const [index, { label }] of nodes.filter(({ type }) => type === 'tab').entries()) {
        await editor.showFlow(label as string)
        await editor.screenshot(`example ${name.replace('.json', '')} ${index + 1}`)
      }
    })
  }
})

/** The page that names a choice of Node-RED's question, and how the page names it. */
const CHOICES: Readonly<Record<Language, { page: string; choice: RegExp }>> = {
  'en-US': { page: 'docs/examples.md', choice: /choose \*\*(.+?)\*\*/ },
  'zh-CN': { page: 'docs/examples.zh-CN.md', choice: /请选择\*\*(.+?)\*\*/ },
}
const WAITING: Readonly<Record<Language, string>> = {
  'en-US': 'waiting for logs',
  'zh-CN': '等待新日志',
}

function example(start: string): string {
  const file = readdirSync(FOLDER).find((name) => name.startsWith(start))
  assert.ok(file, start)
  return readFileSync(join(FOLDER, file), 'utf8')
}

describe('a second example', () => {
  const rig = EditorRig.forAll()

  async function projectsIn(editor: Editor): Promise<FlowNode[]> {
    const nodes = JSON.parse(await editor.exported()) as FlowNode[]
    return nodes.filter(({ type }) => type === 'sls-project')
  }

  async function fillIn(editor: Editor, id: string, logstore: string): Promise<void> {
    const dialog = await editor.edit(id)
    await dialog.fill('logstore', logstore)
    await dialog.fill('group', `editor-${logstore}`)
    await dialog.save()
  }

  for (const [language, { page, choice }] of Object.entries(CHOICES)) {
    it(`uses the project of the first with its AccessKey, by the choice that the docs name, ${language}`, async () => {
      const text = readFileSync(join(repositoryRoot(), page), 'utf8')
      const label = choice.exec(text)?.[1]
      assert.ok(label, `${page} names no choice`)
      const editor = await rig.open([], { language: language as Language })
      await editor.importFlow(example('01'))
      const [first = ''] = await editor.idsOf('sls-kafka-in')
      const [imported] = await projectsIn(editor)
      const project = await editor.editConfig('sls-project', imported?.id)
      await project.fill('project', PROJECT)
      await project.fill('accessKeyId', ACCESS_KEY.accessKeyId)
      await project.fill('accessKeySecret', ACCESS_KEY.accessKeySecret)
      await project.save()
      await editor.showFlow('Read a logstore')
      await fillIn(editor, first, LOGSTORE)
      await editor.deploy()
      const filledIn = await projectsIn(editor)
      assert.deepEqual(filledIn, [{ ...imported, project: PROJECT }])

      await editor.importFlow(example('06'))
      await editor.answer(label)
      const second = (await editor.idsOf('sls-kafka-in')).find((id) => id !== first) ?? ''
      await editor.showFlow('Alert from the status')
      await fillIn(editor, second, 'app-log')
      await editor.deploy()
      assert.deepEqual(await projectsIn(editor), filledIn)
      const kept = new ProjectDialog(await editor.editConfig('sls-project', imported?.id))
      assert.equal(await kept.dialog.valueOf('accessKeyId'), ACCESS_KEY.accessKeyId)
      await kept.test()
      const outcomes = await kept.outcomes()
      assert.equal(outcomes.length, 5)
      assert.doesNotMatch(outcomes.join('\n'), /failed/)
      await kept.dialog.cancel()
      // A node without an AccessKey would say so.
      await editor
        .status(second)
        .getByText(WAITING[language as Language])
        .waitFor()
    })
  }
})
