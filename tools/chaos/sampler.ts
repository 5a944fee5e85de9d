import { setTimeout as delay } from 'node:timers/promises'
import type { SinkMessage } from '../shared/node-red'
import { median } from '../shared/statistics'
import { seconds } from './action'
import { FIGURES, figureText, type Figure, type Point, type Series } from './growth'
import type { Member } from './member'
import type { Sampling } from './pace'
import { writtenAt } from './writer'

type Figures = Readonly<Partial<Record<Figure, number>>>

export interface SamplerOptions {
  readonly members: readonly Member[]
  readonly sampling: Sampling
  /** Unix ms. */
  readonly startedAt: number
  readonly print: (line: string) => void
}

/** Samples the figures of the processes and the delay of their records, until it is stopped. */
export class Sampler {
  readonly #options: SamplerOptions
  readonly #series = new Map<string, { of: string; figure: Figure; points: Point[] }>()
  readonly #stopping = new AbortController()
  readonly #sampling: Promise<void>
  #sampledAt: number

  constructor(options: SamplerOptions) {
    this.#options = options
    this.#sampledAt = options.startedAt
    this.#sampling = this.#sampleAgain()
    this.#sampling.catch(() => undefined) // `stop` rejects with it
  }

  get series(): readonly Series[] {
    return [...this.#series.values()]
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#sampling
  }

  async #sampleAgain(): Promise<void> {
    const { signal } = this.#stopping
    const { everyMs } = this.#options.sampling
    const isNextDue = (): Promise<boolean> => delay(everyMs, true, { signal }).catch(() => false)
    while (await isNextDue()) await this.#sample()
  }

  async #sample(): Promise<void> {
    const { members, startedAt } = this.#options
    const at = Date.now()
    const messages = members.flatMap(({ flow }) => flow.records)
    const late = delayBetween(messages, this.#sampledAt, at)
    this.#sampledAt = at
    if (late !== null) this.#add('group', 'the group', at - startedAt, { delay: late })
    for (const [index, member] of members.entries()) {
      const sample = await member.sample()
      const name = `process ${index + 1}`
      if (sample) this.#add(`${name} ${sample.pid}`, name, at - startedAt, sample.figures)
    }
  }

  /** @param id differs between a process and its successor after a restart */
  #add(id: string, of: string, at: number, figures: Figures): void {
    const texts: string[] = []
    for (const [figure, value] of Object.entries(figures) as [Figure, number][]) {
      const key = `${id} ${figure}`
      const series = this.#series.get(key) ?? { of, figure, points: [] }
      series.points.push({ at, value })
      this.#series.set(key, series)
      texts.push(`${FIGURES[figure].name} ${figureText(figure, value)}`)
    }
    this.#options.print(`${seconds(at).padStart(8)}  ${of}: ${texts.join(', ')}`)
  }
}

/**
 * The median age, in milliseconds, of the records that were sent for the first time in a time span.
 *
 * @param since unix ms, not included
 * @returns null if no record was sent
 */
export function delayBetween(
  messages: readonly SinkMessage[],
  since: number,
  until: number,
): number | null {
  const ages = messages
    .filter(({ passedAt }) => passedAt > since && passedAt <= until)
    .filter(({ kafka }) => kafka?.['attempt'] === 1)
    .map(({ passedAt, payload }) => passedAt - writtenAt(String(payload)))
  return ages.length === 0 ? null : median(ages)
}
