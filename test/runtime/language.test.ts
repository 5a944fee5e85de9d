import assert from 'node:assert/strict'
import { startEmulator, type RunningEmulator } from '../../tools/emulator/process'
import { flowWith } from '../../tools/shared/flow'
import { helpOf, textsOf, TRANSLATED_NODES, type Language } from '../support/locales'
import {
  startNodeRed,
  startSink,
  type NodeRed,
  type NodeRedOptions,
  type Sink,
} from '../../tools/shared/node-red'
import { endedAfterEach } from '../support/suite'

const MISSING_LOGSTORE = 'nginx-acces'
/** Of an `sls-kafka-in` for which no logstore is typed, on a tab without a Catch node. */
const INCOMPLETE = 'incomplete'
/** Of one whose logstore does not exist, on a tab with a Catch node. */
const MISTYPED = 'mistyped'

const LINES = {
  'en-US': {
    incomplete: 'SLS_CONFIG_INVALID: Logstore is missing.',
    mistyped:
      /^SLS_LOGSTORE_NOT_FOUND: project "\S+" has no logstore "nginx-acces"\. .*Next try in \d+ s\.$/,
  },
  'zh-CN': {
    incomplete: 'SLS_CONFIG_INVALID: 未填写“日志库”。',
    mistyped: /^SLS_LOGSTORE_NOT_FOUND: 项目 \S+ 中没有日志库 nginx-acces。.* ?\d+ 秒后重试。$/,
  },
} as const

/** No language but that of the variable, which Node-RED looks at last. */
const fromLang = (LANG: string): NodeRedOptions => ({
  settings: { lang: undefined },
  env: { LC_ALL: undefined, LC_MESSAGES: undefined, LANG },
})

const RUNTIMES: readonly { title: string; language: Language; options: NodeRedOptions }[] = [
  { title: 'lang: "zh-CN" in its settings', language: 'zh-CN', options: { lang: 'zh-CN' } },
  { title: 'LANG=zh_CN.UTF-8', language: 'zh-CN', options: fromLang('zh_CN.UTF-8') },
  { title: 'lang: "en-US" in its settings', language: 'en-US', options: { lang: 'en-US' } },
  { title: 'LANG=C.UTF-8', language: 'en-US', options: fromLang('C.UTF-8') },
]

describe('the language of a Node-RED with', () => {
  const resources = endedAfterEach()
  let emulator: RunningEmulator
  let sink: Sink

  beforeEach(async () => {
    emulator = await resources.started(startEmulator({ logstores: { 'nginx-access': 2 } }))
    sink = await resources.started(startSink())
  })

  for (const { title, language, options } of RUNTIMES) {
    it(`${title} is ${language}, in the log and in Catch nodes`, async () => {
      const nodeRed = await start(options)
      const line = await nodeRed.waitForLog(`[sls-kafka-in:${INCOMPLETE}-in] SLS_CONFIG_INVALID`)
      assert.ok(line.endsWith(LINES[language].incomplete), line)
      const { error } = await sink.waitFor(
        (message) => message.error?.source?.id === `${MISTYPED}-in`,
      )
      assert.match(error?.message ?? '', LINES[language].mistyped)
    })
  }

  it('lang: "zh-CN" is that of the only word in a status that is not translated in the browser', async () => {
    const consumer = {
      logstore: 'nginx-access',
      group: 'g',
      commit: 'onAck',
      startFrom: 'earliest',
    }
    const flows = flowWith({ service: emulator, consumer, records: sink, reports: sink })
    await emulator.append('nginx-access', ['one', 'two'])
    await resources.started(startNodeRed({ lang: 'zh-CN', flows }))
    // Once the rate of the last ten seconds is 0.
    const { status } = await sink.waitFor((message) =>
      (message.status?.text ?? '').includes('处理中'),
    )
    assert.match(status?.text ?? '', /^2 条处理中 · \d+s$/)
  })

  it('a browser of any language is that of the browser, in dialogs and help', async () => {
    const nodeRed = await start({ lang: 'en-US' })
    for (const [asked, language] of [
      ['zh-CN', 'zh-CN'],
      ['zh', 'zh-CN'],
      ['en-US', 'en-US'],
    ] as const) {
      const catalogues = await cataloguesOf(nodeRed, asked)
      const html = await htmlOf(nodeRed, asked)
      for (const node of TRANSLATED_NODES) {
        const served = catalogues[`node-red-contrib-sls-kafka/${node}`]?.[node]
        assert.equal(JSON.stringify(served?.['label']), labelsOf(node, language), asked)
        assert.ok(html.includes(helpOf(node, language).trim()), `${asked}: help of ${node}`)
      }
    }
  })

  async function start(options: NodeRedOptions): Promise<NodeRed> {
    const tab = (name: string, logstore: string, hasCatch: boolean) =>
      flowWith({
        tab: name,
        service: emulator,
        consumer: { logstore, group: 'node-red' },
        records: sink,
        reports: sink,
        hasCatch,
      })
    return resources.started(
      startNodeRed({
        ...options,
        flows: [...tab(INCOMPLETE, '', false), ...tab(MISTYPED, MISSING_LOGSTORE, true)],
      }),
    )
  }
})

type Catalogues = Record<string, Record<string, Record<string, unknown>> | undefined>

/** As the editor asks for the texts of all nodes. */
async function cataloguesOf(nodeRed: NodeRed, language: string): Promise<Catalogues> {
  const response = await nodeRed.request(`/nodes/messages?lng=${language}`, {
    headers: { Accept: 'application/json' },
  })
  return (await response.json()) as Catalogues
}

/** As the editor asks for the dialogs of all nodes, with their help. */
async function htmlOf(nodeRed: NodeRed, language: string): Promise<string> {
  const response = await nodeRed.request('/nodes', {
    headers: { Accept: 'text/html', 'Accept-Language': language },
  })
  return response.text()
}

function labelsOf(node: string, language: Language): string {
  const labels = [...textsOf(node, language)].filter(([key]) => key.startsWith('label.'))
  return JSON.stringify(
    Object.fromEntries(labels.map(([key, text]) => [key.replace('label.', ''), text])),
  )
}
