import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import type { Language } from '../../support/locales'
import { repositoryRoot } from '../../../tools/shared/repository'
import { DebugPanel } from './debug-panel'
import { Dialog } from './dialog'

export type Theme = 'light' | 'dark'

export interface EditorOptions {
  /** Of the browser. Default en-US. */
  readonly language?: Language
  /** Node-RED 4 knows only the light one. Default light. */
  readonly theme?: Theme
}

const SCREENSHOTS = join(repositoryRoot(), 'screenshots')
/** For anything that a page is waited for: a few seconds on an idle machine, many on a busy one. */
const WAIT_MS = 60_000
const SIZE = { width: 1280, height: 1000 }

const USER_SETTINGS = /\/settings\/user\b/

interface UserSettings {
  readonly editor?: { readonly view?: Readonly<Record<string, unknown>> }
}

interface PageNode {
  readonly id: string
  readonly type: string
  readonly name?: string
  readonly valid?: boolean
  readonly validationErrors?: readonly string[]
}

/** What the page's own RED is used for, where a hand would take long. */
interface PageRED {
  nodes: {
    getType(type: string): unknown
    filterNodes(filter: { type: string }): PageNode[]
    eachNode(each: (node: PageNode) => void): void
    eachConfig(each: (node: PageNode) => void): void
    createCompleteNodeSet(options: object): unknown
  }
  workspaces: { active(): string }
  editor: { editConfig(name: string, type: string, id: string): void }
  clipboard: { import(): void }
}

declare const RED: PageRED
/** jQuery, by which the editor slides and fades. */
declare const $: { fx: { off: boolean } }

/** A page with Node-RED's editor, used as by hand. Errors of its scripts fail the test at `close`. */
export class Editor {
  readonly page: Page
  readonly debug: DebugPanel
  readonly #context: BrowserContext
  readonly #errors: string[] = []

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context
    this.page = page
    this.debug = new DebugPanel(page)
    page.on('pageerror', (error) => this.#errors.push(error.stack ?? String(error)))
    page.on('console', (message) => {
      // What a server refuses is shown to the user, and what is shown is tested.
      if (message.type() === 'error' && !message.text().includes('Failed to load resource')) {
        this.#errors.push(message.text())
      }
    })
  }

  static async open(
    browser: Browser,
    url: string,
    { language = 'en-US', theme = 'light' }: EditorOptions,
  ): Promise<Editor> {
    const context = await browser.newContext({
      locale: language,
      viewport: SIZE,
      colorScheme: theme,
    })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const dark = theme === 'dark'
    if (dark) {
      await context.addInitScript(() => {
        localStorage.setItem('view-dark-theme', '"dark"')
      })
    }
    context.setDefaultTimeout(WAIT_MS)
    await hideTips(context)
    const editor = new Editor(context, await context.newPage())
    await editor.page.goto(url)
    await editor.ready()
    return editor
  }

  /**
   * The palette has our nodes and a tab is shown. Lists and questions of the editor appear at once from
   * here on: of what still unfolds under the pointer, a press and its release meet different rows.
   */
  async ready(): Promise<void> {
    await this.page.waitForFunction(
      () => typeof RED === 'object' && RED.nodes.getType('sls-kafka-in') && RED.workspaces.active(),
    )
    await this.page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' })
    await this.page.evaluate(() => {
      $.fx.off = true
    })
  }

  async close(): Promise<void> {
    await this.#context.close()
    assert.deepEqual(this.#errors, [], 'errors of the page')
  }

  /** Drags a node from the palette into the workspace. @returns its id */
  async drag(type: string, at: { x: number; y: number }): Promise<string> {
    const before = await this.idsOf(type)
    const entry = this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`)
    await entry.scrollIntoViewIfNeeded()
    await entry.dragTo(this.page.locator('#red-ui-workspace-chart'), { targetPosition: at })
    await this.page.waitForFunction(
      ({ name, count }) => RED.nodes.filterNodes({ type: name }).length > count,
      { name: type, count: before.length },
    )
    const [id] = (await this.idsOf(type)).filter((candidate) => !before.includes(candidate))
    assert.ok(id, `no new ${type}`)
    return id
  }

  idsOf(type: string): Promise<string[]> {
    return this.page.evaluate(
      (name) => RED.nodes.filterNodes({ type: name }).map(({ id }) => id),
      type,
    )
  }

  /** Draws a wire from the first output of a node to the input of another. */
  async wire(from: string, to: string): Promise<void> {
    await this.#node(from)
      .locator('.red-ui-flow-port-output')
      .dragTo(this.#node(to).locator('.red-ui-flow-port-input'), { force: true })
    await this.page.locator('.red-ui-flow-link-line').first().waitFor({ state: 'attached' })
  }

  /** Shows the flow whose tab has this label. */
  async showFlow(label: string): Promise<void> {
    await this.page.locator('#red-ui-workspace-tabs').getByText(label, { exact: true }).click()
  }

  /** Opens the dialog of a node by a double click. */
  async edit(id: string): Promise<Dialog> {
    await this.#node(id).locator('.red-ui-flow-node').dblclick()
    return Dialog.shown(this.page, 'node-input')
  }

  /**
   * Opens the dialog of a config node as the sidebar of config nodes does.
   *
   * @param id none: of a new one
   */
  async editConfig(type: string, id = '_ADD_'): Promise<Dialog> {
    await this.page.evaluate(
      ([name, node]) => {
        RED.editor.editConfig('', name, node)
      },
      [type, id] as const,
    )
    return Dialog.shown(this.page, 'node-config-input')
  }

  /** Imports a flow as the menu does, from the text of a file. */
  async importFlow(text: string): Promise<void> {
    await this.page.evaluate(() => {
      RED.clipboard.import()
    })
    const box = this.page.locator('#red-ui-clipboard-dialog-import-text')
    await box.fill(text)
    // The editor looks at the text when a key comes up.
    await box.press('End')
    await this.page.locator('#red-ui-clipboard-dialog-ok').click()
    await box.waitFor({ state: 'hidden' })
  }

  /** Answers a question of the editor by the button with this label. */
  async answer(label: string): Promise<void> {
    const button = this.page
      .locator('.red-ui-notification')
      .getByRole('button', { name: label, exact: true })
    await button.click()
    await button.waitFor({ state: 'detached' })
  }

  /** Of nodes that no package provides. */
  unknownTypes(): Promise<string[]> {
    return this.page.evaluate(() =>
      RED.nodes.filterNodes({ type: 'unknown' }).map(({ name }) => name ?? ''),
    )
  }

  /** Nodes with a red triangle, with what the editor says of each. */
  invalidNodes(): Promise<{ type: string; errors: readonly string[] }[]> {
    return this.page.evaluate(() => {
      const found: { type: string; errors: readonly string[] }[] = []
      const add = ({ type, valid, validationErrors = [] }: PageNode): void => {
        if (valid === false) found.push({ type, errors: validationErrors })
      }
      RED.nodes.eachNode(add)
      RED.nodes.eachConfig(add)
      return found
    })
  }

  /** Presses Deploy and waits until the server has taken the flows. The editor's doubts fail it. */
  async deploy(): Promise<void> {
    const taken = this.page.waitForResponse(
      (response) => response.url().endsWith('/flows') && response.request().method() === 'POST',
    )
    const doubt = this.page.locator('.red-ui-notification:has(button)')
    const asked = doubt.waitFor().then(async () => {
      throw new Error(`the editor asks instead of deploying: ${await doubt.innerText()}`)
    })
    await this.page.locator('#red-ui-header-button-deploy').click()
    const response = await Promise.race([taken, asked])
    assert.equal(response.status(), 200)
  }

  /** All that the menu's export would write. */
  async exported(): Promise<string> {
    return this.page.evaluate(() =>
      JSON.stringify(RED.nodes.createCompleteNodeSet({ credentials: false })),
    )
  }

  /** Text below a node. */
  status(id: string): Locator {
    return this.#node(id).locator('.red-ui-flow-node-status-label')
  }

  /** Keeps a picture for a reviewer. */
  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true })
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' })
  }

  #node(id: string): Locator {
    return this.page.locator(`[id="${id}"]`)
  }
}

/**
 * The editor shows its first tip after a second, whether or not there is a place for it by then: where
 * its keymap takes longer to load, a script of Node-RED itself fails. Its settings are read once, and
 * what was read is what it keeps.
 */
async function hideTips(context: BrowserContext): Promise<void> {
  await context.route(
    USER_SETTINGS,
    async (route) => {
      const response = await route.fetch()
      const settings = (await response.json()) as UserSettings
      const view = { ...settings.editor?.view, 'view-show-tips': false }
      await route.fulfill({ response, json: { ...settings, editor: { ...settings.editor, view } } })
    },
    { times: 1 },
  )
}
