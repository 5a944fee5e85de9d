import assert from 'node:assert/strict'
import { deployedProject } from './support/consumer-flow'
import type { Editor, EditorOptions } from './support/editor'
import { EditorRig, LOGSTORE, SHARDS } from './support/editor-rig'
import { deployedWriter, WriterDialog } from './support/writer-dialog'

describe('the dialog of a writer', () => {
  const rig = EditorRig.forAll()
  let editor: Editor

  afterEach(() => rig.emulator.clearFaults())

  async function open(
    more: Readonly<Record<string, unknown>> = {},
    options: EditorOptions = {},
  ): Promise<WriterDialog> {
    editor = await rig.open([deployedProject(), deployedWriter(more)], options)
    return new WriterDialog(await editor.edit('writer'))
  }

  async function saved(): Promise<Record<string, unknown>> {
    const nodes = JSON.parse(await editor.exported()) as Record<string, unknown>[]
    return nodes.find(({ id }) => id === 'writer') ?? assert.fail('not exported')
  }

  it('shows which log a message becomes, with what is chosen', async () => {
    const { dialog, logs, example } = await open()
    await logs.getByText('took').waitFor()
    assert.deepEqual((await logs.innerText()).split('\n'), ['level', 'info', 'took', '12'])
    await dialog.field('format').selectOption('text')
    await logs.getByText('content').waitFor()
    await dialog.fill('field', 'message')
    await logs.getByText('message').waitFor()
    await example.fill('[{"a": 1}, "b"]')
    await example.blur()
    await logs.nth(1).waitFor()
    assert.deepEqual(await logs.allInnerTexts(), ['message\n{"a":1}', 'message\nb'])
  })

  it('gives the inputs of typed values the whole width of their fields', async () => {
    const writer = await open()
    for (const input of [writer.typedInput('logstore'), writer.example]) {
      const [width, whole] = await input.evaluate((element) => {
        return [element.clientWidth, element.parentElement?.clientWidth]
      })
      assert.equal(width, whole)
    }
  })

  it('says why a message cannot become a log, and stores nothing', async () => {
    const { dialog, remarks, example } = await open()
    await dialog.field('format').selectOption('json')
    await example.fill('"no object"')
    await example.blur()
    await remarks.getByText('SLS_RECORD_INVALID').waitFor()
    await example.fill('{"a":')
    await example.blur()
    await remarks.getByText('not valid JSON').waitFor()
    const { logstores } = await rig.emulator.state()
    const written = logstores.find(({ name }) => name === LOGSTORE)?.shards ?? []
    assert.deepEqual(new Set(written.map(({ logs }) => logs)), new Set([0]))
  })

  it('offers the logstores of the project while a name is typed', async () => {
    const writer = await open({ logstore: '' })
    await writer.typedInput('logstore').pressSequentially('ngin')
    await writer.logstores.getByText(LOGSTORE).waitFor()
    assert.deepEqual(
      (await writer.logstores.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ')),
      [`${LOGSTORE} shards: ${SHARDS}`],
    )
    await writer.logstores.getByText(LOGSTORE).click()
    await writer.dialog.save()
    assert.deepEqual(
      [(await saved())['logstore'], (await saved())['logstoreType']],
      [LOGSTORE, 'str'],
    )
  })

  it('says why it offers none where the service lists none', async () => {
    await rig.emulator.failRequests('TOPIC_AUTHORIZATION_FAILED', { api: 'Metadata' })
    const writer = await open({ logstore: '' })
    await writer.typedInput('logstore').pressSequentially('n')
    await writer.hint.getByText(/not allowed to list logstores[^]*Type the name/).waitFor()
  })

  it('refuses a virtual topic, and says why', async () => {
    editor = await rig.open([deployedProject(), deployedWriter({ logstore: `${LOGSTORE}.3` })])
    const [invalid] = await editor.invalidNodes()
    assert.equal(invalid?.type, 'sls-kafka-out')
    assert.match(String(invalid.errors), /virtual topic/)
  })

  it('takes the logstore and the time from the message, and keeps both', async () => {
    const { dialog } = await open({
      ...{ logstore: 'target', logstoreType: 'msg', time: 'at', timeType: 'msg' },
    })
    await dialog.save()
    const { logstore, logstoreType, time, timeType } = await saved()
    assert.deepEqual([logstore, logstoreType, time, timeType], ['target', 'msg', 'at', 'msg'])
    assert.deepEqual(await editor.invalidNodes(), [])
  })
})

/** Pictures to look at; what is in them is tested above. */
describe('pictures of the dialog of a writer', () => {
  const rig = EditorRig.forAll()

  for (const language of ['en-US', 'zh-CN'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      it(`in ${language}, ${theme}`, async () => {
        const editor = await rig.open([deployedProject(), deployedWriter()], { language, theme })
        const writer = new WriterDialog(await editor.edit('writer'))
        await writer.logs.waitFor()
        await writer.advanced.locator('summary').click()
        await editor.screenshot(`writer - ${language} ${theme}`)
        await writer.dialog.cancel()
      })
    }
  }
})
