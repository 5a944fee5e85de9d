/** Entries kept of each list; the oldest are dropped beyond it, so that a request loop fills no memory. */
const MAX_KEPT = 20_000

/** The moment of an event on both clocks of the emulator's process. */
export interface Moment {
  /** Milliseconds of the monotonic clock (`performance.now()`): for spans. */
  readonly atMs: number
  /** Unix milliseconds: for display, and to compare with another process. */
  readonly wallMs: number
}

/** One request that arrived. */
export interface RequestEntry extends Moment {
  /** A fault spoils the request: an error, no response, a late or an unreadable one. */
  readonly isFailing: boolean
}

/** One TCP connection that was accepted, also if no TLS handshake follows. */
export interface ConnectionEntry extends Moment {
  /** Names of the APIs that were requested on the connection, each once. */
  readonly apis: readonly string[]
}

/** What arrived since the start: counts of everything, and the newest entries with their times. */
export interface TrafficReport {
  readonly now: Moment
  /** By name of the API. */
  readonly requests: Readonly<Record<string, RequestTraffic>>
  readonly connections: { readonly total: number; readonly recent: readonly ConnectionEntry[] }
  readonly refusedLogins: { readonly total: number; readonly recent: readonly Moment[] }
}

export interface RequestTraffic {
  readonly total: number
  readonly failing: number
  /** Oldest first. */
  readonly recent: readonly RequestEntry[]
}

/** Records the times of connections and requests, so that tests can check how a client retries. */
export class Traffic {
  readonly #requests = new Map<string, RequestLog>()
  readonly #connections = new BoundedLog<ConnectionRecord>()
  readonly #refusedLogins = new BoundedLog<Moment>()

  /** Notes an accepted TCP connection. */
  noteConnection(): ConnectionRecord {
    const record = new ConnectionRecord()
    this.#connections.add(record)
    return record
  }

  /** Notes a request; the record is marked when a fault spoils it. */
  noteRequest(api: string, connection: ConnectionRecord | undefined): RequestRecord {
    connection?.noteApi(api)
    const log = this.#requests.get(api) ?? new RequestLog()
    this.#requests.set(api, log)
    return log.add()
  }

  noteRefusedLogin(): void {
    this.#refusedLogins.add(momentNow())
  }

  report(): TrafficReport {
    return {
      now: momentNow(),
      requests: Object.fromEntries([...this.#requests].map(([api, log]) => [api, log.report()])),
      connections: {
        total: this.#connections.total,
        recent: this.#connections.list.map((record) => record.entry()),
      },
      refusedLogins: { total: this.#refusedLogins.total, recent: [...this.#refusedLogins.list] },
    }
  }
}

/** One accepted connection. */
export class ConnectionRecord {
  readonly #moment = momentNow()
  readonly #apis = new Set<string>()

  noteApi(api: string): void {
    this.#apis.add(api)
  }

  entry(): ConnectionEntry {
    return { ...this.#moment, apis: [...this.#apis] }
  }
}

/** One request, which a fault may still spoil. */
export class RequestRecord {
  readonly #moment = momentNow()
  readonly #onFailing: () => void
  #failing = false

  constructor(onFailing: () => void) {
    this.#onFailing = onFailing
  }

  /** Marks the request as spoilt; a second call changes nothing. */
  fail(): void {
    if (this.#failing) return
    this.#failing = true
    this.#onFailing()
  }

  entry(): RequestEntry {
    return { ...this.#moment, isFailing: this.#failing }
  }
}

/** The requests of one API. */
class RequestLog {
  readonly #records = new BoundedLog<RequestRecord>()
  #failing = 0

  add(): RequestRecord {
    const record = new RequestRecord(() => {
      this.#failing += 1
    })
    this.#records.add(record)
    return record
  }

  report(): RequestTraffic {
    return {
      total: this.#records.total,
      failing: this.#failing,
      recent: this.#records.list.map((record) => record.entry()),
    }
  }
}

/** The newest `MAX_KEPT` entries, and the count of all. */
class BoundedLog<Entry> {
  total = 0
  #entries: Entry[] = []

  get list(): readonly Entry[] {
    return this.#entries.slice(-MAX_KEPT)
  }

  /** Cuts at twice the bound, so that the cost of cutting is spread over many entries. */
  add(entry: Entry): void {
    this.total += 1
    this.#entries.push(entry)
    if (this.#entries.length >= 2 * MAX_KEPT) this.#entries = this.#entries.slice(-MAX_KEPT)
  }
}

function momentNow(): Moment {
  return { atMs: performance.now(), wallMs: Date.now() }
}
