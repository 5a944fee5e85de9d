import type { Api } from '../protocol'

/** A request that was written, and whose response has not come. */
export interface PendingRequest {
  readonly api: Api
  /** Null for the bare login token, whose response has no id. */
  readonly correlationId: number | null
  /** Monotonic ms. */
  readonly writtenAt: number
  /** Milliseconds without a byte after which the connection is dead while this request is the oldest. */
  readonly silenceMs: number
  /** Monotonic ms until which the response must have come; null unless a later request was overtaking. */
  overtakenUntil: number | null
  /** @param body without the correlation id */
  respond(body: Buffer): void
  fail(error: Error): void
}

/** How much longer a request may take whose response was overtaken by the one to a later request. */
const OVERTAKEN_MS = 5_000

/** The requests of one connection that wait for their responses, in the order in which they were written. */
export class PendingRequests {
  #requests: PendingRequest[] = []

  get size(): number {
    return this.#requests.length
  }

  /** The request whose response should come next; null for none. */
  get oldest(): PendingRequest | null {
    return this.#requests[0] ?? null
  }

  /** Monotonic ms of the first deadline among overtaken requests; null for none. */
  get overtakenUntil(): number | null {
    let first: number | null = null
    for (const { overtakenUntil } of this.#requests) {
      if (overtakenUntil !== null && (first === null || overtakenUntil < first)) {
        first = overtakenUntil
      }
    }
    return first
  }

  find(api: Api): PendingRequest | null {
    return this.#requests.find((request) => request.api === api) ?? null
  }

  add(request: PendingRequest): void {
    this.#requests.push(request)
  }

  /**
   * Takes out the request that a response belongs to. Those before it were overtaken. Apache Kafka responds
   * in order, so that their responses are lost; a proxy might not, and is given some seconds.
   *
   * @returns null if nothing with this id is pending
   */
  take(correlationId: number, now: number): PendingRequest | null {
    const at = this.#requests.findIndex((request) => request.correlationId === correlationId)
    const [found] = at < 0 ? [] : this.#requests.splice(at, 1)
    if (!found) return null
    for (const request of this.#requests.slice(0, at)) {
      request.overtakenUntil ??= now + OVERTAKEN_MS
    }
    return found
  }

  takeOldest(): PendingRequest | null {
    return this.#requests.shift() ?? null
  }

  /** Fails all requests, and has none after that. */
  failAll(error: Error): void {
    const requests = this.#requests
    this.#requests = []
    for (const request of requests) request.fail(error)
  }
}
