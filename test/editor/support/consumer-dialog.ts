import type { Locator } from 'playwright-core'
import type { Dialog } from './dialog'

/** What only the dialog of an `sls-kafka-in` has. */
export class ConsumerDialog {
  readonly dialog: Dialog

  constructor(dialog: Dialog) {
    this.dialog = dialog
  }

  /** What stands below a field; empty if nothing does. */
  hint(of: 'logstore' | 'group' | 'start'): Locator {
    return this.#part(`${of}-hint`)
  }

  /** Logstores that the open list offers. */
  get logstores(): Locator {
    return this.dialog.page.locator('.red-ui-autoComplete-container:visible .sls-kafka-in-logstore')
  }

  get messages(): Locator {
    return this.#part('messages').locator('.sls-kafka-in-message')
  }

  /** What is said beside the messages. */
  get remarks(): Locator {
    return this.#part('messages').locator('.form-tips')
  }

  get advanced(): Locator {
    return this.#part('advanced')
  }

  async lookUp(): Promise<void> {
    await this.#press('look-up')
  }

  /** Presses the button and waits for the end. */
  async preview(): Promise<void> {
    await this.#press('preview')
    await this.messages.or(this.remarks).first().waitFor()
  }

  async choose(field: string, value: string): Promise<void> {
    await this.dialog.field(field).selectOption(value)
  }

  async #press(name: string): Promise<void> {
    await this.#part(name).click()
    await this.#part(name).and(this.dialog.root.locator(':enabled')).waitFor()
  }

  #part(name: string): Locator {
    return this.dialog.root.locator(`#sls-kafka-in-${name}`)
  }
}
