import { isAborted } from '../abort'
import type { Clock } from '../clock'
import type { ProjectOptions } from '../config/project-options'
import { addressText, brokerText, refuseForeignHost, type Broker } from './brokers'
import { Connection, type ConnectionEvent } from './connection'
import { LoginFailedError } from './connection-errors'
import { CONNECTION_RETRIES, LOGIN_RETRIES, Retries } from './retries'
import { wait } from '../wait'

/**
 * A broker handles the requests of a connection one after the other, and a fetch or a join can wait for
 * long. So fetches have a connection of their own. All other requests share `main`; while a join waits on
 * it, single requests use `spare`.
 */
export type Purpose = 'main' | 'fetch' | 'spare'

/** What the connections of a client report. */
export type BrokerEvent =
  | ConnectionEvent
  /** A connection was refused, broke, or went silent. The client goes on trying by itself. */
  | { readonly type: 'failed'; readonly error: unknown }

export type BrokerListener = (event: BrokerEvent) => void

export interface ConnectionSettings {
  readonly project: ProjectOptions
  readonly clientId: string
  readonly clock: Clock
}

/** A connection that ended sooner counts as a failure, so that one that is closed each time is rested. */
const STABLE_AFTER_MS = 10_000

/** The connections of one client: at most one for each broker and purpose, with a back-off between attempts. */
export class BrokerConnections {
  readonly #settings: ConnectionSettings
  readonly #onEvent: BrokerListener
  readonly #slots = new Map<string, Slot>()
  readonly #closing = new AbortController()
  readonly #logins: Logins

  constructor(settings: ConnectionSettings, onEvent: BrokerListener) {
    this.#settings = settings
    this.#onEvent = onEvent
    this.#logins = new Logins(settings.clock)
  }

  /**
   * The open connection, or a new one. Waits for the end of the back-off first. After a refused login, it
   * fails with that refusal until the next login is due.
   *
   * @throws the reason why no connection was made; SlsKafkaError for a host outside the endpoint's domain
   */
  async get(broker: Broker, purpose: Purpose): Promise<Connection> {
    refuseForeignHost(this.#settings.project, broker.host)
    return this.#slot(broker, purpose).get()
  }

  /** The open connection; null if there is none. */
  peek(broker: Broker, purpose: Purpose): Connection | null {
    return this.#slots.get(keyOf(broker, purpose))?.connection ?? null
  }

  /** Closes a connection that is needed no more. The next one is made without a back-off. */
  release(broker: Broker, purpose: Purpose): void {
    this.#slots.get(keyOf(broker, purpose))?.release()
  }

  /** Whether a new connection would have to wait for the end of a back-off. */
  isResting(broker: Broker, purpose: Purpose): boolean {
    return this.#slots.get(keyOf(broker, purpose))?.isResting ?? false
  }

  get open(): readonly Connection[] {
    return [...this.#slots.values()].flatMap(({ connection }) => (connection ? [connection] : []))
  }

  /** Ends all connections; requests under way fail, and no connection is made any more. */
  close(): void {
    this.#closing.abort()
    for (const connection of this.open) connection.end(new ClosedError())
  }

  #slot(broker: Broker, purpose: Purpose): Slot {
    const key = keyOf(broker, purpose)
    const known = this.#slots.get(key)
    if (known) return known
    const context = { ...this.#settings, logins: this.#logins, onEvent: this.#onEvent }
    const slot = new Slot(broker, context, this.#closing.signal)
    this.#slots.set(key, slot)
    return slot
  }
}

class ClosedError extends Error {
  override readonly message = 'the consumer was closed'
}

/** Several node ids can share an address. Each has its own loop of fetches, and so its own connection. */
function keyOf(broker: Broker, purpose: Purpose): string {
  return `${purpose} ${purpose === 'fetch' ? brokerText(broker) : addressText(broker)}`
}

interface SlotContext extends ConnectionSettings {
  readonly onEvent: BrokerListener
  readonly logins: Logins
}

/** A login that one broker refuses is refused by all: they share the back-off. */
class Logins {
  readonly #clock: Clock
  readonly #retries = new Retries(LOGIN_RETRIES)
  #refusal: { readonly error: unknown; readonly untilMs: number } | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  accepted(): void {
    this.#refusal = null
    this.#retries.reset()
  }

  refused(error: unknown): void {
    this.#refusal = { error, untilMs: this.#clock.monotonic() + this.#retries.failed() }
  }

  /** @throws the last refusal, until the next login is due */
  throwIfRefused(): void {
    const refusal = this.#refusal
    if (refusal && this.#clock.monotonic() < refusal.untilMs) throw refusal.error
  }
}

/** The place of one connection: the open one, or the attempt to make it, and the back-off between attempts. */
class Slot {
  readonly #broker: Broker
  readonly #context: SlotContext
  readonly #signal: AbortSignal
  readonly #retries = new Retries(CONNECTION_RETRIES)
  #connection: Connection | null = null
  #opening: Promise<Connection> | null = null
  /** Monotonic. No attempt is made before. */
  #nextAttemptMs = -Infinity

  constructor(broker: Broker, context: SlotContext, signal: AbortSignal) {
    this.#broker = broker
    this.#context = context
    this.#signal = signal
  }

  get connection(): Connection | null {
    return this.#connection?.isOpen ? this.#connection : null
  }

  get isResting(): boolean {
    return !this.connection && this.#context.clock.monotonic() < this.#nextAttemptMs
  }

  get(): Promise<Connection> {
    if (this.connection) return Promise.resolve(this.connection)
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null
    })
    return this.#opening
  }

  release(): void {
    const connection = this.#connection
    // First, so that the end of the connection does not count as a failure.
    this.#connection = null
    connection?.close()
  }

  async #open(): Promise<Connection> {
    const { clock, project, clientId, logins, onEvent } = this.#context
    await wait(clock, this.#nextAttemptMs - clock.monotonic(), this.#signal)
    if (isAborted(this.#signal)) throw new ClosedError()
    logins.throwIfRefused()
    try {
      const { host, port } = this.#broker
      const connection = await Connection.open(
        { address: { host, port }, project, clientId, clock, onEvent },
        this.#signal,
      )
      this.#opened(connection)
      return connection
    } catch (error) {
      if (isAborted(this.#signal)) throw new ClosedError()
      if (error instanceof LoginFailedError) logins.refused(error)
      else this.#nextAttemptMs = clock.monotonic() + this.#retries.failed()
      onEvent({ type: 'failed', error })
      throw error
    }
  }

  #opened(connection: Connection): void {
    const { clock } = this.#context
    const openedMs = clock.monotonic()
    this.#connection = connection
    this.#context.logins.accepted()
    connection.onEnd((error) => {
      const isReleased = this.#connection !== connection
      if (isReleased || this.#signal.aborted) return
      this.#connection = null
      const now = clock.monotonic()
      if (now - openedMs >= STABLE_AFTER_MS) this.#retries.reset()
      else this.#nextAttemptMs = now + this.#retries.failed()
      if (error) this.#context.onEvent({ type: 'failed', error })
    })
  }
}
