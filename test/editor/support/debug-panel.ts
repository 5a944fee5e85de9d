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

  /** The first message, when it has come. */
  async first(): Promise<Locator> {
    const message = this.#page.locator('.red-ui-debug-msg').first()
    await message.waitFor()
    return message
  }
}

declare const RED: { sidebar: { show(id: string): void } }
