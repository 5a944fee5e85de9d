import type { Resources } from '../../test/support/resources'
import { Endpoint } from './endpoint'

/** What all cases share. */
export class Bench {
  readonly #resources: Resources
  readonly isQuick: boolean
  #endpoint: Promise<Endpoint> | null = null

  constructor(resources: Resources, { isQuick }: { isQuick: boolean }) {
    this.#resources = resources
    this.isQuick = isQuick
  }

  /** The one that all cases read from which want nothing special of it. */
  endpoint(): Promise<Endpoint> {
    this.#endpoint ??= Endpoint.start(this.#resources)
    return this.#endpoint
  }

  /** So many records, or fewer if it is to be quick. */
  records(count: number): number {
    return this.isQuick ? count / 2 : count
  }
}
