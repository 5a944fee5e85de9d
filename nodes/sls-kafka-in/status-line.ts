import type { Node } from 'node-red'
import type { Clock } from '../../lib/clock'
import type { NodeStatus } from '../../lib/monitoring/status'

const INTERVAL = 1_000

/** Shows a status that changes all the time at most once a second: each one goes to every browser. */
export class StatusLine {
  readonly #node: Node
  readonly #read: () => NodeStatus
  readonly #stop: () => void
  #shown = ''

  constructor(node: Node, clock: Clock, read: () => NodeStatus) {
    this.#node = node
    this.#read = read
    this.#stop = clock.every(INTERVAL, () => {
      this.#show()
    })
    this.#show()
  }

  /** Shows the last status at once and no more. */
  end(): void {
    this.#stop()
    this.#show()
  }

  #show(): void {
    const status = this.#read()
    const text = JSON.stringify(status)
    if (text === this.#shown) return
    this.#shown = text
    this.#node.status(status)
  }
}
