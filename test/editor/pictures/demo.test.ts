import type { Browser } from 'playwright-core'
import { startDemo, type RunningDemo } from '../../../tools/demo/demo'
import { quietPort } from '../../../tools/demo/port'
import type { MonitorResponse } from '../../../nodes/sls-monitor/monitor-api'
import { nodeRedScript } from '../../../tools/shared/node-red/installation'
import { startChromium } from '../support/chromium'
import { Editor } from '../support/editor'
import { MonitorPanel } from '../support/monitor-panel'
import { LOOKS, savePicture } from '../support/picture'
import { endedAfterAll } from '../../support/suite'

/** Bytes: the README is to be read over slow lines as well. */
const LARGEST = 160_000
/** The flow's first two rows, and the first node in the monitor with both plots. */
const SIZE = { width: 1280, height: 452 }
/** What the monitor shows of rate and delay: so many points at least, one every five seconds. */
const POINTS = 15
const LATER = { timeout: 120_000 }
const READERS = ['demo-in', 'demo-orders-in'] as const

/** Writes the first picture of the READMEs; run by `npm run screenshots` only. */
describe('picture of the editor with the demo', () => {
  const resources = endedAfterAll()
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

  for (const look of LOOKS) {
    it(`in ${look.language}, ${look.theme}`, async () => {
      const editor = await Editor.open(browser, demo.url, look)
      const { page } = editor
      await page.setViewportSize(SIZE)
      // The monitor asks for what is new, and may have asked before: so long the page is left open.
      const noted = new Map<string, number>()
      const enough = page.waitForResponse(async (response) => {
        if (!response.url().includes('sls-monitor/consumers')) return false
        const { consumers } = (await response.json()) as MonitorResponse
        for (const { id, history } of consumers) {
          noted.set(id, (noted.get(id) ?? 0) + history.length)
        }
        return READERS.every((id) => (noted.get(id) ?? 0) >= POINTS)
      }, LATER)
      await showMonitorOnly(editor)
      await enough
      for (const reader of READERS) await editor.status(reader).getByText('/s').waitFor()
      await savePicture('editor', { ...look, largest: LARGEST }, (path) =>
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
  await editor.debug.close()
  await monitor.line(READERS[0]).dispatchEvent('click')
  await monitor.body(READERS[0]).waitFor()
  // A node fits when its shards are folded.
  await monitor.card(READERS[0]).locator('details[open] summary').dispatchEvent('click')
}

declare const RED: { actions: { invoke(action: string, state: boolean): void } }
