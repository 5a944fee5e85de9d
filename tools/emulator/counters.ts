/** What the endpoint has done since it started. */
export class Counters {
  connections = 0
  acceptedLogins = 0
  refusedLogins = 0
  readonly #requests = new Map<string, number>()

  readonly #bytes = new Map<string, number>()

  countRequest(api: string): void {
    this.#requests.set(api, (this.#requests.get(api) ?? 0) + 1)
  }

  /** @param body the response without its length and correlation id */
  countResponse(api: string, body: readonly Buffer[]): void {
    const length = body.reduce((sum, chunk) => sum + chunk.length, 0)
    this.#bytes.set(api, (this.#bytes.get(api) ?? 0) + length)
  }

  get responseBytesByApi(): Record<string, number> {
    return Object.fromEntries(this.#bytes)
  }

  get requestsByApi(): Record<string, number> {
    return Object.fromEntries(this.#requests)
  }
}
