import { setTimeout as delay } from 'node:timers/promises'
import type { RunningEmulator } from '../emulator/process'
import type { Action, MemberAction, Target } from './action'

export type ServiceAction = Exclude<Action, MemberAction>

/** Performs the actions on the emulator, its connections and its members. */
export class Service {
  readonly #endpoint: RunningEmulator
  readonly #logstore: string
  /** For each process, the part that the client ids of its members contain. */
  readonly #nodeIds: readonly string[]

  constructor(endpoint: RunningEmulator, logstore: string, nodeIds: readonly string[]) {
    this.#endpoint = endpoint
    this.#logstore = logstore
    this.#nodeIds = nodeIds
  }

  async perform(action: ServiceAction): Promise<void> {
    const endpoint = this.#endpoint
    switch (action.kind) {
      case 'drop':
        await endpoint.killConnections()
        return
      case 'half-open':
        return this.#freeze(action.target)
      case 'outage':
        await endpoint.close()
        await delay(action.ms)
        return endpoint.open()
      case 'expire':
        return this.#expire(action.target)
      case 'split':
        await endpoint.splitShard(this.#logstore, action.shard)
        return
      case 'merge':
        await endpoint.mergeShards(this.#logstore, action.shard, action.other)
        return
      case 'error': {
        const { api, error, times } = action
        return endpoint.failRequests(error, { api, times })
      }
    }
  }

  /** Ends all faults and outages. */
  async heal(): Promise<void> {
    await this.#endpoint.open()
    await this.#endpoint.clearFaults()
  }

  async #freeze(target: Target): Promise<void> {
    if (target === 'all') await this.#endpoint.freezeConnections()
    else await this.#endpoint.freezeRequests({ clientId: this.#nodeId(target), times: 1 })
  }

  async #expire(target: Target): Promise<void> {
    const { groups } = await this.#endpoint.state()
    const members = groups.find(({ id }) => id === this.#logstore)?.members ?? []
    const ofTarget = members.filter(
      ({ clientId }) => target === 'all' || clientId.includes(this.#nodeId(target)),
    )
    for (const { clientId } of ofTarget) {
      await this.#endpoint.expireMembers(this.#logstore, clientId)
    }
  }

  #nodeId(member: number): string {
    return `/${this.#nodeIds[member] ?? ''}/`
  }
}
