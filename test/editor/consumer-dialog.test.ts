import assert from 'node:assert/strict'
import type { FlowNode } from '../../tools/shared/node-red'
import { ACCESS_KEY, EditorRig, LOGSTORE, SHARDS } from './support/editor-rig'
import type { Editor, EditorOptions } from './support/editor'
import { PROJECT } from '../support/alibaba-hosts'
import { portLabels } from './support/port-labels'
import { ProjectDialog } from './support/project-dialog'
import { ConsumerDialog } from './support/consumer-dialog'
import { deployedProject, deployedConsumer, ENDPOINT } from './support/consumer-flow'

const ACK = { action: 'ack', token: 'kafka.token', tokenType: 'msg' }

describe('the dialog of a reader', () => {
  const rig = EditorRig.forAll()
  let editor: Editor

  afterEach(() => rig.emulator.clearFaults())

  /** Of a node that is deployed with its project. */
  async function open(
    more: Readonly<Record<string, unknown>> = {},
    others: readonly FlowNode[] = [],
    options: EditorOptions = {},
  ): Promise<ConsumerDialog> {
    editor = await rig.open([deployedProject(), deployedConsumer(more), ...others], options)
    return new ConsumerDialog(await editor.edit('reader'))
  }

  /** Of a node that was just dragged, with a project that is not deployed. */
  async function openFresh(): Promise<ConsumerDialog> {
    editor = await rig.open()
    const reader = await editor.drag('sls-kafka-in', { x: 200, y: 120 })
    const dialog = await editor.edit(reader)
    const project = new ProjectDialog(await dialog.addConfig('project'))
    await project.dialog.fill('project', PROJECT)
    await project.dialog.fill('endpoint', ENDPOINT)
    await project.dialog.fill('accessKeyId', ACCESS_KEY.accessKeyId)
    await project.dialog.fill('accessKeySecret', ACCESS_KEY.accessKeySecret)
    await project.dialog.save()
    return new ConsumerDialog(dialog)
  }

  async function committed(group: string): Promise<number> {
    const { groups } = await rig.emulator.state()
    return groups.find(({ id }) => id === group)?.offsets.length ?? 0
  }

  describe('logstore', () => {
    it('is chosen from a list with shard counts, before anything is deployed', async () => {
      const reader = await openFresh()
      await reader.lookUp()
      await reader.logstores.getByText('app-log').waitFor()
      assert.deepEqual(
        (await reader.logstores.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ')),
        ['app-log shards: 1', `${LOGSTORE} shards: ${SHARDS}`],
      )
      await reader.logstores.getByText(LOGSTORE).click()
      assert.equal(await reader.dialog.valueOf('logstore'), LOGSTORE)
      await reader.dialog.type('logstore', 'app', 'stay')
      await reader.logstores.getByText('app-log').waitFor()
      assert.equal(await reader.logstores.count(), 1, 'of those that were looked up')
    })

    it('is chosen with the AccessKey that only the server knows', async () => {
      const reader = await open()
      await reader.lookUp()
      await reader.logstores.getByText('app-log').waitFor()
    })

    for (const [language, says] of [
      ['en-US', /not allowed to list logstores[^]*Type the name/],
      ['zh-CN', /无权列出日志库[^]*请填写/],
    ] as const) {
      it(`is typed where the service lists none, and says so in ${language}`, async () => {
        const reader = await open({}, [], { language })
        await rig.emulator.failRequests('TOPIC_AUTHORIZATION_FAILED', { api: 'Metadata' })
        await reader.lookUp()
        await reader.hint('logstore').getByText(says).waitFor()
        await reader.dialog.type('logstore', 'another-one')
        assert.equal(await reader.dialog.complaint('logstore'), '')
      })
    }

    it('is not looked up with a wrong AccessKey, and the reason is told', async () => {
      editor = await rig.open([
        deployedProject({ credentials: { ...ACCESS_KEY, accessKeySecret: 'wrong' } }),
        deployedConsumer(),
      ])
      const reader = new ConsumerDialog(await editor.edit('reader'))
      await reader.lookUp()
      await reader.hint('logstore').getByText('Alibaba Cloud refused AccessKey').waitFor()
    })
  })

  describe('group', () => {
    it('is proposed from host, flow and logstore, and then stays', async () => {
      const reader = await openFresh()
      const { dialog } = reader
      assert.equal(await dialog.valueOf('group'), '')
      await dialog.type('logstore', LOGSTORE)
      const proposal = await dialog.valueOf('group')
      assert.match(proposal, new RegExp(`^[a-z0-9_-]+-flow-${LOGSTORE}$`))
      await dialog.type('logstore', 'app-log')
      assert.match(await dialog.valueOf('group'), /-flow-app-log$/, 'while nothing is saved')
      const kept = await dialog.valueOf('group')
      await dialog.save()
      const [id = ''] = await editor.idsOf('sls-kafka-in')
      const again = await editor.edit(id)
      await again.fill('name', 'renamed')
      assert.equal(await again.valueOf('group'), kept)
    })

    it('is never proposed over what was saved, unless that was proposed too', async () => {
      const { dialog } = await open()
      await dialog.type('logstore', 'app-log')
      assert.equal(await dialog.valueOf('group'), 'reports')
    })

    it('is never proposed over what was typed', async () => {
      const { dialog } = await openFresh()
      await dialog.type('group', 'my-own')
      await dialog.type('logstore', LOGSTORE)
      assert.equal(await dialog.valueOf('group'), 'my-own')
    })

    it('is proposed so that it is not that of another node', async () => {
      const first = await open({ group: '' })
      const proposal = await first.dialog.valueOf('group')
      await first.dialog.cancel()
      const second = await open({ group: '' }, [
        deployedConsumer({ id: 'other', group: proposal, y: 200 }),
      ])
      assert.equal(await second.dialog.valueOf('group'), `${proposal}-2`)
    })

    it('warns of another node in it, and tells what that means', async () => {
      const other = { id: 'other', name: 'nightly', y: 200 }
      const reader = await open({}, [deployedConsumer(other)])
      await reader
        .hint('group')
        .getByText(/"nightly" reads this logstore.*a part/)
        .waitFor()
      await reader.dialog.fill('logstore', 'app-log')
      await reader.hint('group').getByText(`reads logstore ${LOGSTORE} in this group`).waitFor()
      await reader.dialog.fill('group', 'another')
      await reader.hint('group').waitFor({ state: 'hidden' })
    })

    it('does not warn of a node that is disabled, nor of one in another project', async () => {
      const elsewhere = deployedProject({ id: 'elsewhere', project: 'shop-test' })
      const reader = await open({}, [
        elsewhere,
        deployedConsumer({ id: 'disabled', y: 200, d: true }),
        deployedConsumer({ id: 'other', y: 280, project: 'elsewhere' }),
      ])
      assert.equal(await reader.hint('group').isVisible(), false)
    })
  })

  describe('a new group starts at', () => {
    it('has no effect where the group has a position, and joins nothing to know it', async () => {
      const running = deployedConsumer({ id: 'running', group: 'old', y: 200, autoStart: true })
      const reader = await open({ group: 'fresh', startFrom: 'earliest' }, [running])
      await editor.status('running').getByText('waiting for logs').waitFor()
      await reader.hint('start').getByText('Over the public network').waitFor()
      await reader.dialog.fill('group', 'old')
      await reader.hint('start').getByText(`(${SHARDS} of ${SHARDS} shards)`).waitFor()
      await reader.dialog.fill('group', 'fresh')
      await reader.hint('start').getByText('Over the public network').waitFor()
      assert.equal(await committed('fresh'), 0)
    })

    it('costs nothing within Alibaba Cloud', async () => {
      const intranet = { endpoint: 'cn-hangzhou-intranet.log.aliyuncs.com' }
      editor = await rig.open([deployedProject(intranet), deployedConsumer()])
      const reader = new ConsumerDialog(await editor.edit('reader'))
      await reader.choose('startFrom', 'earliest')
      assert.equal(await reader.hint('start').isVisible(), false)
    })
  })

  it('shows the settings that apply, and unfolds the advanced ones that are used', async () => {
    const reader = await open({ autoStart: true })
    const { dialog } = reader
    const isShown = (field: string): Promise<boolean> => dialog.field(field).isVisible()
    for (const field of ['startTime', 'batchSize', 'maxInFlight', 'commitInterval']) {
      assert.equal(await isShown(field), false, field)
    }
    const scroller = dialog.root.locator('.red-ui-tray-body')
    assert.ok(await scroller.evaluate((body) => body.scrollHeight <= body.clientHeight))
    await reader.choose('startFrom', 'time')
    await reader.choose('emit', 'batch')
    await reader.choose('commit', 'onAck')
    for (const field of ['startTime', 'batchSize', 'batchWait', 'maxInFlight', 'onExhausted']) {
      assert.equal(await isShown(field), true, field)
    }
    assert.equal(await isShown('maxRate'), false)
    await reader.advanced.locator('summary').focus()
    await dialog.page.keyboard.press('Enter')
    await dialog.fill('startTime', '-1h')
    await dialog.fill('commitInterval', '1000')
    await dialog.save()
    assert.equal(await isUnfolded(new ConsumerDialog(await editor.edit('reader'))), true)
  })

  it('shows defaults for what a flow that was written by hand leaves out', async () => {
    const gaps = ['startFrom', 'format', 'emit', 'commit', 'onExhausted', 'autoStart']
    const reader = await open(Object.fromEntries(gaps.map((field) => [field, undefined])))
    const { dialog } = reader
    for (const [field, value] of Object.entries({
      startFrom: 'latest',
      format: 'auto',
      emit: 'record',
      commit: 'onSend',
      onExhausted: 'stop',
    })) {
      assert.equal(await dialog.valueOf(field), value, field)
    }
    assert.equal(await dialog.field('autoStart').isChecked(), true)
    assert.equal(await isUnfolded(reader), false)
  })

  async function isUnfolded({ advanced }: ConsumerDialog): Promise<boolean> {
    return (await advanced.getAttribute('open')) !== null
  }

  describe('max in flight', () => {
    const BATCHES = { commit: 'onAck', emit: 'batch', maxInFlight: '' }

    it('says how many records an empty field stands for', async () => {
      const { dialog } = await open({ ...BATCHES, version: 2, emit: 'record' })
      const shown = (text: string): Promise<void> =>
        dialog.root.getByPlaceholder(text, { exact: true }).waitFor()
      await shown('records; leave empty for 100')
      await dialog.field('emit').selectOption('batch')
      await shown('records; leave empty for 1000')
      await dialog.fill('batchSize', '250')
      await shown('records; leave empty for 2500')
      await dialog.fill('batchSize', '${SIZE}')
      await shown('records; leave empty for 10 × Batch size')
      assert.equal(await dialog.valueOf('maxInFlight'), '')
    })

    it('is 100 in a node of version 1, until it is emptied in the dialog', async () => {
      const { dialog } = await open({ ...BATCHES, version: 1, batchSize: '101' })
      assert.equal(await dialog.valueOf('maxInFlight'), '100')
      assert.match(await dialog.complaint('batchSize'), /more than Max in flight, 100/)
      await dialog.fill('maxInFlight', '')
      await dialog.save()
      const again = await editor.edit('reader')
      assert.equal(await again.valueOf('maxInFlight'), '')
      assert.equal(await again.complaint('batchSize'), '')
    })

    it('limits the batch size of a node of version 1 that was not opened', async () => {
      const sizes = { ...BATCHES, batchSize: '101', z: 'tab', wires: [['ack']] }
      editor = await rig.open([
        deployedProject(),
        { id: 'ack', type: 'sls-kafka-ack', z: 'tab', x: 400, y: 120, wires: [[]], ...ACK },
        deployedConsumer({ ...sizes, id: 'old', version: 1 }),
        deployedConsumer({ ...sizes, id: 'new', version: 2, y: 200 }),
      ])
      const invalid = await editor.invalidNodes()
      assert.equal(invalid.length, 1)
      assert.match(String(invalid[0]?.errors), /more than Max in flight, 100/)
    })
  })

  it('gives the node a second output, named, for exhausted records', async () => {
    const reader = await open({ name: 'orders' })
    await reader.choose('commit', 'onAck')
    await reader.choose('onExhausted', 'output')
    await reader.dialog.save()
    assert.deepEqual(await portLabels(editor.page, 'reader', 'outputs'), [
      'records',
      'dead letters',
    ])
    const again = new ConsumerDialog(await editor.edit('reader'))
    await again.choose('commit', 'onSend')
    await again.dialog.save()
    assert.deepEqual(await portLabels(editor.page, 'reader', 'outputs'), ['records'])
  })

  for (const [language, says] of [
    [
      'en-US',
      { logstore: /lowercase letters/, startTime: /looks like 2026/, maxRate: /from 1 to/ },
    ],
    ['zh-CN', { logstore: /小写字母/, startTime: /格式如/, maxRate: /之间的整数/ }],
  ] as const) {
    it(`says what is wrong with a field and what would be right, in ${language}`, async () => {
      const reader = await open({ startFrom: 'time', startTime: '-1h' }, [], { language })
      const { dialog } = reader
      await dialog.fill('logstore', 'Nginx Access')
      await dialog.fill('startTime', 'yesterday')
      await dialog.fill('maxRate', 'fast')
      for (const [field, pattern] of Object.entries(says)) {
        assert.match(await dialog.complaint(field), pattern)
        await dialog.page.mouse.move(0, 0)
        await dialog.page.locator('.red-ui-popover').waitFor({ state: 'detached' })
      }
    })
  }
})
