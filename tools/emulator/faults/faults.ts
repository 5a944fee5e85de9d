import { ActiveFault, type Fault } from './fault'
import { spoil, type FaultyConnection, type Serve } from './spoil'

export interface FaultyRequest {
  readonly api: string
  readonly clientId: string
  readonly connection: FaultyConnection
  /** Called when a fault spoils the request; perhaps several times. */
  readonly onFailing: () => void
}

/** The faults in force, and the one place where a request meets them. */
export class Faults {
  #active: ActiveFault[]

  constructor(initial: readonly Fault[]) {
    this.#active = initial.map((fault) => new ActiveFault(fault))
  }

  get list(): readonly ActiveFault[] {
    return this.#active
  }

  add(fault: Fault): void {
    this.#active.push(new ActiveFault(fault))
  }

  clear(): void {
    this.#active = []
  }

  /** Every request passes through here, and through each of the faults that are for it. */
  serve({ api, clientId, connection, onFailing }: FaultyRequest, serve: Serve): ReturnType<Serve> {
    const spoilt = this.#active
      .filter((fault) => fault.isFor(api, clientId))
      // Whether an error concerns the request shows only while it is served: see Refusal.
      .filter((fault) => fault.fault.action.kind === 'error' || fault.apply())
      .reduce((inner, fault) => spoil(fault, connection, onFailing, inner), serve)
    return spoilt({ refusals: [], throttleMs: 0 })
  }
}
