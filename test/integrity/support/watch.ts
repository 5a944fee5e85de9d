import type { ConsumerSnapshot } from '../../../lib/consumer/snapshot'
import { statusOf, type NodeStatus } from '../../../lib/monitoring/status'

const LOOK_EVERY_MS = 50

interface Shown {
  /** Unix ms. */
  readonly at: number
  /** As `red unreachable SLS_UNREACHABLE`; of green the colour alone, because its text is a rate. */
  readonly text: string
}

/** Looks at the status of a consumer all the time, and remembers what it showed from when on. */
export class Watch {
  readonly #shown: Shown[] = []
  readonly #timer: NodeJS.Timeout

  constructor(consumer: { snapshot(): ConsumerSnapshot }) {
    const look = (): void => {
      const text = textOf(statusOf(consumer.snapshot()))
      if (this.#shown.at(-1)?.text !== text) this.#shown.push({ at: Date.now(), text })
    }
    look()
    this.#timer = setInterval(look, LOOK_EVERY_MS)
  }

  get current(): string {
    return this.#shown.at(-1)?.text ?? ''
  }

  /** What was shown from a moment on, beginning with what was shown just then. */
  since(from: number): string[] {
    const first = this.#shown.findLastIndex(({ at }) => at <= from)
    const texts = this.#shown.slice(Math.max(0, first)).map(({ text }) => text)
    // Joining may be too short to be seen.
    return texts
      .filter((text) => text !== 'yellow joining')
      .filter((text, index, all) => text !== all[index - 1])
  }

  /** Milliseconds from a moment until the status was no longer, or again, green; Infinity: not yet. */
  until(color: 'green' | 'not green', from: number): number {
    const isWanted = ({ text }: Shown): boolean => (text === 'green') === (color === 'green')
    const found = this.#shown.find((shown, index) => {
      const end = this.#shown[index + 1]?.at ?? Infinity
      return end > from && isWanted(shown)
    })
    return found ? Math.max(0, found.at - from) : Infinity
  }

  end(): void {
    clearInterval(this.#timer)
  }
}

function textOf({ fill, text, code }: NodeStatus): string {
  if (fill === 'green') return fill
  return [fill, text.replace('sls-kafka-in.status.', ''), code].filter(Boolean).join(' ')
}
