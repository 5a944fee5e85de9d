import type { Locator, Page } from 'playwright-core'

/** The sidebar in which debug nodes write. */
export class DebugPanel {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  async open(): Promise<void> {
    await this.#page.evaluate(() => {
      RED.sidebar.show('debug')
    })
  }

  /** Leaves all of the sidebar's height to the panels above, as Node-RED 5 lays them out. */
  async close(): Promise<void> {
    await this.open()
    // No real click: its tooltip would stay.
    const tab = this.#page.locator('button[data-tab-id="debug"]')
    await tab.dispatchEvent('click')
    await tab.blur()
  }

  /** The first message, when it has come. */
  async first(): Promise<Locator> {
    const message = this.#page.locator('.red-ui-debug-msg').first()
    await message.waitFor()
    return message
  }
}

declare const RED: { sidebar: { show(id: string): void } }
