import type { Resources } from '../../shared/resources'
import { Endpoint } from './endpoint'

/** The resources that all cases share. */
export class Bench {
  readonly #resources: Resources
  readonly isQuick: boolean
  #endpoint: Promise<Endpoint> | null = null

  constructor(resources: Resources, { isQuick }: { isQuick: boolean }) {
    this.#resources = resources
    this.isQuick = isQuick
  }

  /** The emulator of all cases that need no special options. */
  endpoint(): Promise<Endpoint> {
    this.#endpoint ??= Endpoint.start(this.#resources)
    return this.#endpoint
  }

  /** The number of records, or fewer with `--quick`. */
  records(count: number): number {
    return this.isQuick ? count / 2 : count
  }
}
