import type { Locator, Page } from 'playwright-core'
import type { FlowNode } from '../../../tools/shared/node-red'
import type { Editor } from './editor'

interface PageNode {
  readonly id: string
  readonly valid?: boolean
}

interface PageRED {
  nodes: {
    node(id: string): PageNode | null
    createExportableNodeSet(nodes: readonly (PageNode | null)[]): readonly object[]
  }
  view: {
    importNodes(nodes: readonly object[], options: { generateIds: true; touchImport: true }): void
  }
  actions: { invoke(name: string): void }
}

declare const RED: PageRED

/** What the dialog of an `sls in` says and does about the wires behind the node. */
export class Wiring {
  readonly #page: Page
  readonly #editor: Editor

  constructor(editor: Editor) {
    this.#editor = editor
    this.#page = editor.page
  }

  get button(): Locator {
    return this.#page.locator('#sls-kafka-in-acknowledge')
  }

  get add(): Locator {
    return this.#page.locator('#sls-kafka-in-add-acks')
  }

  /** All that stands below the button. */
  get shown(): Locator {
    return this.#page.locator('#sls-kafka-in-wiring')
  }

  /** The badge of a node. */
  badge(id: string): Locator {
    return this.#page.locator(`[id="${id}"] .sls-kafka-in-remark:not(.hide)`)
  }

  /** Presses the button, then Add, and waits until the dialog is closed. */
  async acknowledge(): Promise<void> {
    await this.button.click()
    await this.add.click()
    await this.button.waitFor({ state: 'detached' })
  }

  /** Copies a node as the clipboard does: all but its id and place. */
  async copy(id: string): Promise<void> {
    await this.#page.evaluate((copied) => {
      const saved = RED.nodes.createExportableNodeSet([RED.nodes.node(copied)])
      RED.view.importNodes(saved, { generateIds: true, touchImport: true })
    }, id)
  }

  async select(id: string): Promise<void> {
    await this.#page.locator(`[id="${id}"] .red-ui-flow-node`).click()
  }

  async invoke(action: string): Promise<void> {
    await this.#page.evaluate((name) => {
      RED.actions.invoke(name)
    }, action)
  }

  /** Waits until the editor takes a node for valid, or for invalid. */
  async becomes(id: string, isValid: boolean): Promise<void> {
    await this.#page.waitForFunction(([node, wanted]) => RED.nodes.node(node)?.valid === wanted, [
      id,
      isValid,
    ] as const)
  }

  /** The saved nodes of a type. */
  async saved(type: string): Promise<FlowNode[]> {
    const all = JSON.parse(await this.#editor.exported()) as FlowNode[]
    return all.filter((node) => node.type === type)
  }
}
