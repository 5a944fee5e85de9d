/** What the endpoint has done since it started. */
export class Counters {
  connections = 0
  acceptedLogins = 0
  refusedLogins = 0
  private readonly requests = new Map<string, number>()

  countRequest(api: string): void {
    this.requests.set(api, (this.requests.get(api) ?? 0) + 1)
  }

  get requestsByApi(): Record<string, number> {
    return Object.fromEntries(this.requests)
  }
}
