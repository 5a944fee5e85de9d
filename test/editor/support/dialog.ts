import type { Locator, Page } from 'playwright-core'

export type Prefix = 'node-input' | 'node-config-input'

/** The topmost edit dialog. */
export class Dialog {
  readonly page: Page
  readonly root: Locator
  readonly #prefix: Prefix

  private constructor(page: Page, prefix: Prefix) {
    this.page = page
    this.#prefix = prefix
    this.root = page.locator('.red-ui-tray').last()
  }

  static async shown(page: Page, prefix: Prefix): Promise<Dialog> {
    const dialog = new Dialog(page, prefix)
    await dialog.field('name').waitFor()
    // It slides in, and a click on what moves meets nothing. Before it starts it is in its place, too.
    await page.waitForFunction(() => {
      const trays = document.querySelectorAll<HTMLElement>('.red-ui-tray')
      const tray = trays[trays.length - 1]
      return tray?.style.right === '0px' && tray.getAnimations().length === 0
    })
    return dialog
  }

  field(name: string): Locator {
    return this.root.locator(`#${this.#prefix}-${name}`)
  }

  /**
   * Types as by hand, key by key, so that what listens to keys hears them.
   *
   * @param then whether the focus leaves the field
   */
  async type(name: string, text: string, then: 'leave' | 'stay' = 'leave'): Promise<void> {
    await this.field(name).click()
    await this.field(name).press('ControlOrMeta+a')
    await this.field(name).press('Delete')
    await this.field(name).pressSequentially(text)
    if (then === 'leave') await this.field(name).blur()
  }

  /** Fills in at once, where the keys do not matter. */
  async fill(name: string, text: string): Promise<void> {
    await this.field(name).fill(text)
    await this.field(name).blur()
  }

  /** Pastes from the clipboard. */
  async paste(name: string, text: string): Promise<void> {
    await this.page.evaluate((copied) => navigator.clipboard.writeText(copied), text)
    await this.field(name).click()
    await this.field(name).press('ControlOrMeta+a')
    await this.field(name).press('ControlOrMeta+v')
  }

  async valueOf(name: string): Promise<string> {
    return this.field(name).inputValue()
  }

  /** What is wrong with a field, as its popover says; empty if nothing is. */
  async complaint(name: string): Promise<string> {
    const field = this.field(name)
    if (!(await field.getAttribute('class'))?.includes('input-error')) return ''
    // It may be there already, and only an arrival counts.
    await this.page.mouse.move(0, 0)
    await field.hover()
    const popover = this.page.locator('.red-ui-popover')
    await popover.waitFor()
    return popover.innerText()
  }

  /** Opens the dialog of a new config node, of the property that takes one. */
  async addConfig(property: string): Promise<Dialog> {
    await this.root.locator(`#${this.#prefix}-btn-${property}-add`).click()
    return Dialog.shown(this.page, 'node-config-input')
  }

  /** Opens the dialog of the chosen config node. */
  async editConfig(property: string): Promise<Dialog> {
    await this.root.locator(`#${this.#prefix}-btn-${property}-edit`).click()
    return Dialog.shown(this.page, 'node-config-input')
  }

  /** Add, Update or Done. */
  async save(): Promise<void> {
    await this.#close('ok')
  }

  async cancel(): Promise<void> {
    await this.#close('cancel')
  }

  async #close(button: 'ok' | 'cancel'): Promise<void> {
    const dialog = this.#prefix === 'node-input' ? 'node-dialog' : 'node-config-dialog'
    // The dialog below has a field of the same name, so the field shows nothing.
    const tray = await this.root.elementHandle()
    await this.page.locator(`#${dialog}-${button}`).click()
    await this.page.waitForFunction((element) => !element.isConnected, tray)
  }
}
