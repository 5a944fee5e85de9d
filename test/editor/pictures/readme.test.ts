import type { Locator } from 'playwright-core'
import { EditorRig, LOGSTORE } from '../support/editor-rig'
import { LOOKS, savePicture } from '../support/picture'
import { ConsumerDialog } from '../support/consumer-dialog'
import { deployedProject, deployedConsumer } from '../support/consumer-flow'

/** Bytes: the README is to be read over slow lines as well. */
const LARGEST = 60_000

const MARGIN = 12

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const LOGS = ['200', '502', '200', '404', '503'].map((status, index) => ({
  method: index % 2 ? 'POST' : 'GET',
  url: `/orders/${1200 + index}`,
  status,
}))

const ERRORS = {
  ...{ id: 'errors', type: 'switch', z: 'tab', x: 420, y: 100, wires: [['debug']] },
  ...{ name: '5xx', property: 'payload.status', propertyType: 'msg', checkall: 'true' },
  ...{ rules: [{ t: 'gte', v: '500', vt: 'num' }], outputs: 1 },
}
const DEBUG = {
  ...{ id: 'debug', type: 'debug', z: 'tab', x: 590, y: 100, wires: [], name: 'errors' },
  ...{ active: true, tosidebar: true, complete: 'payload', targetType: 'msg' },
}

/** Writes the pictures of the READMEs; run by `npm run screenshots` only. */
describe('pictures of the README', () => {
  const rig = EditorRig.forAll()
  const reader = deployedConsumer({
    ...{ group: 'node-red-nginx', autoStart: true, x: 210, y: 100, wires: [['errors']] },
  })

  for (const look of LOOKS) {
    const save = (name: string, take: (path: string) => Promise<unknown>): Promise<void> =>
      savePicture(name, { ...look, largest: LARGEST }, take)

    it(`of a flow, its debug panel, its dialog and a preview, in ${look.language}, ${look.theme}`, async () => {
      const editor = await rig.open([deployedProject(), reader, ERRORS, DEBUG], look)
      const { page } = editor
      await editor.debug.open()
      await editor.status('reader').waitFor()
      await rig.emulator.append(LOGSTORE, LOGS)
      await editor.debug.first()
      await editor.status('reader').getByText('/s').waitFor()
      const messages = page.locator('.red-ui-debug-msg')
      await messages.nth(1).waitFor()
      await messages.first().locator('.red-ui-debug-msg-object-handle').first().click()
      // Hovering over a message marks its node.
      await page.mouse.move(0, 0)
      await save('flow', async (path) => {
        await page.screenshot({ path, clip: await around(page.locator('.red-ui-flow-node-group')) })
      })
      await save('debug', async (path) => {
        await page.screenshot({ path, clip: await around(messages) })
      })

      await page.setViewportSize({ width: 1000, height: 800 })
      const opened = new ConsumerDialog(await editor.edit('reader'))
      await opened.hint('start').waitFor()
      await page.mouse.move(0, 0)
      await save('dialog', (path) => opened.dialog.root.screenshot({ path }))
      await opened.preview()
      await save('preview', (path) => opened.messages.first().screenshot({ path }))
    })
  }
})

/** The part of the page that holds these, with a margin. */
async function around(parts: Locator): Promise<Box> {
  const boxes = (await Promise.all((await parts.all()).map((part) => part.boundingBox()))).flatMap(
    (box) => box ?? [],
  )
  const x = Math.min(...boxes.map((box) => box.x)) - MARGIN
  const y = Math.min(...boxes.map((box) => box.y)) - MARGIN
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + MARGIN
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + MARGIN
  return { x, y, width: right - x, height: bottom - y }
}
