import type { Locator } from 'playwright-core'
import type { Dialog } from './dialog'

/** What only the dialog of an `sls-project` has. */
export class ProjectDialog {
  readonly dialog: Dialog

  constructor(dialog: Dialog) {
    this.dialog = dialog
  }

  /** The address that follows from what is typed. */
  get address(): Locator {
    return this.#part('address')
  }

  /** The name that certificates are checked for. */
  get certificateName(): Locator {
    return this.#part('certificate-name')
  }

  get notice(): Locator {
    return this.#part('pasted')
  }

  get policy(): Locator {
    return this.#part('policy')
  }

  get steps(): Locator {
    return this.#part('steps').locator('.sls-project-step')
  }

  get conclusion(): Locator {
    return this.#part('steps').locator('.sls-project-conclusion')
  }

  /** Regions that the open list offers. */
  get regions(): Locator {
    return this.dialog.page.locator('.red-ui-autoComplete-container:visible .sls-project-region')
  }

  async showRegions(): Promise<void> {
    await this.#part('regions').click()
    await this.regions.first().waitFor()
  }

  async chooseNetwork(network: 'public' | 'intranet'): Promise<void> {
    await this.#part(network).check()
  }

  async openAdvanced(): Promise<void> {
    await this.#part('advanced').locator('summary').click()
  }

  async openPolicy(): Promise<void> {
    await this.dialog.root.locator('details:has(#sls-project-policy) > summary').click()
  }

  async copyPolicy(): Promise<void> {
    await this.#part('copy-policy').click()
  }

  async chooseAccess(access: 'read' | 'write' | 'both'): Promise<void> {
    await this.#part('access').selectOption(access)
  }

  /** What the policy allows, as the dialog has chosen it by itself. */
  access(): Promise<string> {
    return this.#part('access').inputValue()
  }

  async listLogstores(isAllowed: boolean): Promise<void> {
    await this.#part('list-logstores').setChecked(isAllowed)
  }

  /** Name, what was found, and whether it failed, of each step that was reached. */
  async outcomes(): Promise<string[]> {
    const texts = await this.steps.evaluateAll((steps) =>
      steps.map((step) => {
        const [, name, found] = [...step.children].map((child) => child.textContent)
        const outcome = step.classList.contains('sls-project-failed') ? 'failed' : 'passed'
        return [name, outcome, found].join(' | ')
      }),
    )
    // How long it took is another matter each time.
    return texts.map((text) => text.replace(/\d+ (ms|毫秒)/, 'N ms'))
  }

  /** Presses the button and waits for what comes of it. @returns the sentence at the end */
  async test(): Promise<string> {
    await this.#part('test').click()
    await this.#part('test').and(this.dialog.root.locator(':enabled')).waitFor()
    await this.conclusion.waitFor()
    return this.conclusion.innerText()
  }

  #part(name: string): Locator {
    return this.dialog.root.locator(`#sls-project-${name}`)
  }
}
