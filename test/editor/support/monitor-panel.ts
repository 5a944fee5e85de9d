import type { Locator, Page } from 'playwright-core'

/** The sidebar that shows how the consumers do. */
export class MonitorPanel {
  readonly root: Locator
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
    this.root = page.locator('.sls-monitor-root')
  }

  async open(): Promise<void> {
    await this.#page.evaluate(() => {
      RED.sidebar.show('sls-monitor')
    })
    await this.root.waitFor()
  }

  /** Shows another tab in its place. */
  async leave(): Promise<void> {
    await this.#page.evaluate(() => {
      RED.sidebar.show('info')
    })
    await this.root.waitFor({ state: 'hidden' })
  }

  /** What is shown of one node. */
  card(id: string): Locator {
    return this.root.locator(`[data-node="${id}"]`)
  }

  /** The line of a card, which opens and closes it. */
  line(id: string): Locator {
    return this.card(id).locator('.sls-monitor-card-line')
  }

  /** What a card has only when it is open. */
  body(id: string): Locator {
    return this.card(id).locator('.sls-monitor-body')
  }

  get search(): Locator {
    return this.root.getByRole('searchbox')
  }

  get overview(): Locator {
    return this.root.locator('.sls-monitor-overview')
  }

  /** Ids of the nodes whose cards are shown, in their order. */
  shown(): Promise<string[]> {
    return this.root
      .locator('.sls-monitor-card:visible')
      .evaluateAll((cards) => cards.map((card) => (card as HTMLElement).dataset['node'] ?? ''))
  }

  status(id: string): Locator {
    return this.card(id).locator('.sls-monitor-status')
  }

  /** Records a second, as they are shown at the moment. */
  async rate(id: string): Promise<number> {
    const text = await this.card(id).locator('.rate.sls-monitor-figure').innerText()
    const [, number = '', thousand] = /^([\d.]+)(k?)\/s$/.exec(text) ?? []
    return Number(number) * (thousand === 'k' ? 1000 : 1)
  }

  /** The line of a shard, when it is in this state. */
  shard(id: string, shard: number, state: 'reading' | 'paused' | 'stopped'): Locator {
    return this.card(id)
      .locator(`tr[data-state="${state}"]`)
      .filter({
        has: this.#page.locator('.sls-monitor-number', { hasText: new RegExp(`^${shard}$`) }),
      })
  }

  /** How much of the table of shards lies outside of the sidebar, in pixels. */
  async cutOff(id: string): Promise<number> {
    return this.card(id)
      .locator('.sls-monitor-scroll')
      .evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)
  }

  /** A figure of a writer, once it has this text. */
  figure(id: string, name: string, figure: string): Locator {
    return this.card(id)
      .locator(`.${name}.sls-monitor-figure`)
      .filter({ hasText: new RegExp(`^${figure}$`) })
  }

  button(id: string): Locator {
    return this.card(id).locator('button.pause')
  }
}

declare const RED: { sidebar: { show(id: string): void } }
