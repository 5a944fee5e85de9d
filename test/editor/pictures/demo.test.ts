import type { Browser } from 'playwright-core'
import { startDemo, type RunningDemo } from '../../../demo/demo'
import { quietPort } from '../../../demo/port'
import type { MonitorAnswer } from '../../../plugins/sls-monitor/monitor-answer'
import { nodeRedScript } from '../../support/node-red/installation'
import { Resources } from '../../support/resources'
import { startChromium } from '../support/chromium'
import { Editor } from '../support/editor'
import { MonitorPanel } from '../support/monitor-panel'
import { savePicture } from '../support/picture'

/** Bytes: the README is to be read over slow lines as well. */
const LARGEST = 120_000
/** The flow's first row and its node in the monitor, whole: more would not fit into the bytes. */
const SIZE = { width: 1280, height: 394 }
/** What the monitor shows of rate and delay: so many points at least, one every five seconds. */
const POINTS = 15
const LATER = { timeout: 120_000 }
const READERS = ['demo-in', 'demo-orders-in']

/** Writes the first picture of the READMEs; run by `npm run screenshots` only. */
describe('picture of the editor with the demo', () => {
  const resources = new Resources()
  let browser: Browser
  let demo: RunningDemo

  before(async () => {
    browser = await startChromium()
    resources.onEnd(() => browser.close())
    demo = await startDemo({
      ...{ port: await quietPort(), rate: 5, orderRate: 5, outageSeconds: 20, file: undefined },
      log: () => undefined,
      program: {
        node: process.env['NODE_BINARY'] ?? process.execPath,
        script: nodeRedScript(process.env['NODE_RED_HOME']),
      },
    })
    resources.onEnd(() => demo.stop())
  })
  after(() => resources.end())

  for (const language of ['en-US', 'zh-CN'] as const) {
    it(`in ${language}`, async () => {
      const editor = await Editor.open(browser, demo.url, { language })
      const { page } = editor
      await page.setViewportSize(SIZE)
      // The monitor asks for what is new, and may have asked before: so long the page is left open.
      const noted = new Map<string, number>()
      const enough = page.waitForResponse(async (response) => {
        if (!response.url().includes('sls-monitor/consumers')) return false
        const { consumers } = (await response.json()) as MonitorAnswer
        for (const { id, history } of consumers) {
          noted.set(id, (noted.get(id) ?? 0) + history.length)
        }
        return READERS.every((id) => (noted.get(id) ?? 0) >= POINTS)
      }, LATER)
      await showMonitorOnly(editor)
      await enough
      for (const reader of READERS) await editor.status(reader).getByText('/s').waitFor()
      await savePicture('editor', { language, largest: LARGEST }, (path) =>
        page.screenshot({ path }),
      )
      await editor.close()
    })
  }
})

/** All of the flow's width and all of the monitor's height, as Node-RED 5 lays them out. */
async function showMonitorOnly(editor: Editor): Promise<void> {
  const { page } = editor
  await page.evaluate(() => {
    RED.actions.invoke('core:toggle-left-sidebar', false)
  })
  const monitor = new MonitorPanel(page)
  await monitor.open()
  await editor.debug.open()
  // No real click: its tooltip would stay.
  const debug = page.locator('button[data-tab-id="debug"]')
  await debug.dispatchEvent('click')
  await debug.blur()
  // A node fits when its shards are folded.
  for (const reader of READERS)
    await monitor.card(reader).locator('details[open] summary').dispatchEvent('click')
}

declare const RED: { actions: { invoke(action: string, state: boolean): void } }
