import type { Clock } from '../../clock'
import type { Broker } from './brokers'
import type { Cluster } from './cluster'
import { BrokerError } from './error-codes'
import { findCoordinator } from '../group/group-requests'
import { errorAction } from './error-actions'
import { RetryBackoff } from '../../backoff'
import { wait } from '../../async'

/** Attempts before `find` rejects, which take about 7 s with the backoff. */
const ATTEMPTS = 5

/**
 * Finds the broker that coordinates one group. Concurrent callers share one lookup.
 */
export class CoordinatorLookup {
  readonly #group: string
  readonly #cluster: Pick<Cluster, 'sendToAny'>
  readonly #clock: Clock
  readonly #signal: AbortSignal
  readonly #retries = new RetryBackoff()
  /** Monotonic. No request is sent before. */
  #nextAttemptMs = -Infinity
  #broker: Broker | null = null
  #finding: Promise<Broker> | null = null

  constructor(
    group: string,
    cluster: Pick<Cluster, 'sendToAny'>,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.#group = group
    this.#cluster = cluster
    this.#clock = clock
    this.#signal = signal
  }

  /** Null until it is found, and after it was forgotten. */
  get known(): Broker | null {
    return this.#broker
  }

  forget(): void {
    this.#broker = null
  }

  /** @throws BrokerError, or why no broker could be asked */
  find(): Promise<Broker> {
    if (this.#broker) return Promise.resolve(this.#broker)
    this.#finding ??= this.#find().finally(() => {
      this.#finding = null
    })
    return this.#finding
  }

  async #find(): Promise<Broker> {
    for (let attempts = 1; ; attempts++) {
      await wait(this.#clock, this.#nextAttemptMs - this.#clock.monotonic(), this.#signal)
      const response = await this.#cluster.sendToAny(findCoordinator(this.#group))
      const { errorCode, nodeId, host, port } = response
      if (errorCode === 0) {
        this.#retries.reset()
        this.#broker = { nodeId, host, port }
        return this.#broker
      }
      this.#nextAttemptMs = this.#clock.monotonic() + this.#retries.failed()
      const error = new BrokerError('FindCoordinator', errorCode)
      if (errorAction(error.api, errorCode) === 'end' || attempts >= ATTEMPTS) throw error
    }
  }
}
