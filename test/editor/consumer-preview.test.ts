import assert from 'node:assert/strict'
import { EditorRig } from './support/editor-rig'
import type { Editor, EditorOptions } from './support/editor'
import { ConsumerDialog } from './support/consumer-dialog'
import { deployedProject, deployedConsumer } from './support/consumer-flow'

const DEBUG = { id: 'debug', type: 'debug', z: 'tab', x: 480, y: 120, wires: [] }
const SHOWS_ALL = { active: true, tosidebar: true, complete: 'true', targetType: 'full' }

describe('the preview of a reader', () => {
  const rig = EditorRig.forAll()
  let logstores = 0
  let editor: Editor

  afterEach(() => rig.emulator.clearFaults())

  async function open(
    logs: readonly (string | Record<string, string>)[],
    more: Readonly<Record<string, unknown>> = {},
    options: EditorOptions = {},
  ): Promise<ConsumerDialog> {
    const logstore = `log-${logstores++}`
    await rig.emulator.createLogstore(logstore, 1)
    if (logs.length > 0) await rig.emulator.append(logstore, logs, { shard: 0 })
    const reader = deployedConsumer({ logstore, wires: [['debug']], ...more })
    editor = await rig.open([deployedProject(), reader, { ...DEBUG, ...SHOWS_ALL }], options)
    return new ConsumerDialog(await editor.edit('reader'))
  }

  /** What is unfolded of a message, without what differs each time. */
  const unfolded = (text: string): string => text.replace(/_msgid: "?[0-9a-f.]+"?/, '_msgid: …')

  it('shows the very message that the debug node then shows, and joins nothing', async () => {
    const reader = await open([{ method: 'GET', status: '502' }], { startFrom: 'earliest' })
    await reader.preview()
    const previewed = unfolded(await reader.messages.first().innerText())
    assert.match(previewed, /payload: object\s+method: "GET"\s+status: "502"/)
    const { groups } = await rig.emulator.state()
    assert.deepEqual(
      groups.filter(({ id }) => id === 'reports').flatMap(({ members }) => members),
      [],
    )

    await reader.dialog.field('autoStart').evaluate((box: HTMLInputElement) => {
      box.checked = true
    })
    await reader.dialog.save()
    await editor.debug.open()
    await editor.deploy()
    const received = await editor.debug.first()
    const payload = received.locator('.red-ui-debug-msg-payload')
    await payload.locator('.red-ui-debug-msg-object-handle').first().click()
    for (const key of ['payload', 'kafka']) {
      await payload
        .locator('.red-ui-debug-msg-object-entry')
        .filter({ hasText: new RegExp(`^${key}: object`) })
        .locator('.red-ui-debug-msg-object-handle')
        .first()
        .click()
    }
    assert.equal(unfolded(await payload.innerText()), previewed)
  })

  it('follows the format and the way of sending that are chosen', async () => {
    const reader = await open(['one', 'two'], { commit: 'onAck' })
    await reader.preview()
    assert.equal(await reader.messages.count(), 2)
    assert.match(await reader.messages.first().innerText(), /payload: "two"[^]*token: "0\.0\.1\./)
    await reader.choose('format', 'fields')
    await reader.choose('commit', 'onSend')
    await reader.preview()
    const fields = await reader.messages.first().innerText()
    assert.match(fields, /payload: object\s+content: "two"/)
    assert.doesNotMatch(fields, /token/)
    await reader.choose('format', 'buffer')
    await reader.preview()
    assert.match(await reader.messages.first().innerText(), /payload: buffer\[3\]/)
    await reader.choose('format', 'text')
    await reader.choose('emit', 'batch')
    await reader.preview()
    assert.equal(await reader.messages.count(), 1)
    assert.match(
      await reader.messages.first().innerText(),
      /payload: array\[2\]\s+0: "one"\s+1: "two"[^]*lastOffset/,
    )
  })

  for (const [language, empty, undecodable] of [
    [
      'en-US',
      'The logstore is empty',
      /SLS_DECODE_FAILED[^]*Catch nodes[^]*choose the format auto/,
    ],
    ['zh-CN', '日志库为空', /SLS_DECODE_FAILED[^]*Catch[^]*格式改为“自动”/],
  ] as const) {
    it(`says in ${language} what there is no message for`, async () => {
      const reader = await open([], { format: 'json' }, { language })
      await reader.preview()
      await reader.remarks.getByText(empty).waitFor()
      const logstore = await reader.dialog.valueOf('logstore')
      await rig.emulator.append(logstore, ['plain text'], { shard: 0 })
      await reader.preview()
      assert.match(await reader.remarks.innerText(), undecodable)
      assert.match(await reader.messages.innerText(), /payload: "plain text"/)
    })
  }

  for (const [language, applies, none] of [
    ['en-US', 'SLS applies this SPL statement:', 'No log has passed this statement yet.'],
    ['zh-CN', 'SLS 执行的 SPL 语句：', '还没有日志通过该语句的筛选。'],
  ] as const) {
    it(`shows in ${language} the statement that the service applies to a virtual topic`, async () => {
      const reader = await open([{ status: '200' }], {}, { language })
      const logstore = await reader.dialog.valueOf('logstore')
      const where = { field: 'status', equals: '500' }
      const query = await rig.emulator.addView(logstore, { id: 3, where })
      await reader.dialog.fill('logstore', `${logstore}.3`)
      await reader.preview()
      assert.equal(await reader.remarks.nth(0).innerText(), `${applies}\n${query}`)
      assert.equal(await reader.remarks.nth(1).innerText(), none)
      await rig.emulator.append(logstore, [{ status: '500' }], { shard: 0 })
      await reader.preview()
      assert.equal(await reader.remarks.count(), 1)
      assert.match(await reader.messages.innerText(), /payload: "500"/)
      await rig.emulator.failRequests(31, { api: 'DescribeConfigs' })
      await reader.preview()
      assert.equal(await reader.remarks.count(), 0)
      assert.equal(await reader.messages.count(), 1)
    })
  }

  it('says why nothing could be read', async () => {
    const reader = await open([])
    await reader.dialog.fill('logstore', 'no-such-logstore')
    await reader.preview()
    assert.match(await reader.remarks.innerText(), /SLS_LOGSTORE_NOT_FOUND[^]*"no-such-logstore"/)
    await reader.dialog.fill('logstore', '')
    await reader.preview()
    await reader.remarks.getByText('Logstore is missing.').waitFor()
  })

  it('shows no more than five records, and leaves out what is too large to show', async () => {
    const large = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`field${index}`, 'x'.repeat(900)]),
    )
    const lines = Array.from({ length: 9 }, (_, index) => `line ${index}`)
    const reader = await open([...lines, large])
    await reader.preview()
    assert.equal(await reader.messages.count(), 4)
    await reader.remarks.getByText('too large to be shown').waitFor()
  })
})
