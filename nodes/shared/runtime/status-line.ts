import type { Node } from 'node-red'
import type { Clock } from '../../../lib/clock'
import type { NodeStatus } from '../../../lib/monitoring/status'
import type { WriterStatus } from '../../../lib/monitoring/writer-status'

const UPDATE_INTERVAL_MS = 1_000

/** Updates the status of a node at most once a second, because each status goes to every browser. */
export class StatusLine {
  readonly #node: Node
  readonly #read: () => NodeStatus | WriterStatus
  readonly #stop: () => void
  #shown = ''

  constructor(node: Node, clock: Clock, read: () => NodeStatus | WriterStatus) {
    this.#node = node
    this.#read = read
    this.#stop = clock.every(UPDATE_INTERVAL_MS, () => {
      this.#show()
    })
    this.#show()
  }

  /** Shows the status a last time and stops the updates. */
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
