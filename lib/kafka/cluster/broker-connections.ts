import { isAborted, wait } from '../../async'
import type { Clock } from '../../clock'
import type { ProjectOptions } from '../../config/project-options'
import { addressText, brokerText, refuseForeignHost, type Broker } from './brokers'
import { Connection, type ConnectionEvent } from '../connection/connection'
import { LoginFailedError } from '../connection/connection-errors'
import { CONNECTION_BACKOFF, LOGIN_BACKOFF, RetryBackoff } from '../../backoff'

/**
 * The purpose of a connection. A broker handles the requests of one connection in order, and a fetch or a
 * join can wait for minutes. So fetches and writes have their own connections. All other requests share
 * `main`; while a join waits there, single requests use `spare`.
 */
export type ConnectionPurpose = 'main' | 'fetch' | 'produce' | 'spare'

/** Events of the connections of a client. */
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

/** A connection that ends sooner counts as a failure, so that the next attempt waits. */
const STABLE_AFTER_MS = 10_000

/** The connections of one client: at most one for each broker and purpose, with a backoff between attempts. */
export class BrokerConnections {
  readonly #settings: ConnectionSettings
  readonly #onEvent: BrokerListener
  readonly #slots = new Map<string, ConnectionSlot>()
  readonly #closing = new AbortController()
  readonly #logins: LoginBackoff

  constructor(settings: ConnectionSettings, onEvent: BrokerListener) {
    this.#settings = settings
    this.#onEvent = onEvent
    this.#logins = new LoginBackoff(settings.clock)
  }

  /**
   * The open connection, or a new one. Waits for the end of the backoff first. After a refused login, it
   * fails with that refusal until the next login is due.
   *
   * @throws the reason why no connection was made; SlsKafkaError for a host outside the endpoint's domain
   */
  async get(broker: Broker, purpose: ConnectionPurpose): Promise<Connection> {
    refuseForeignHost(this.#settings.project, broker.host)
    return this.#slot(broker, purpose).get()
  }

  /** The open connection; null if there is none. */
  openConnection(broker: Broker, purpose: ConnectionPurpose): Connection | null {
    return this.#slots.get(keyOf(broker, purpose))?.connection ?? null
  }

  /** Closes a connection that is needed no more. The next one is made without a backoff. */
  release(broker: Broker, purpose: ConnectionPurpose): void {
    this.#slots.get(keyOf(broker, purpose))?.release()
  }

  /** Whether a new connection would have to wait for the end of a backoff. */
  isInBackoff(broker: Broker, purpose: ConnectionPurpose): boolean {
    return this.#slots.get(keyOf(broker, purpose))?.isInBackoff ?? false
  }

  get open(): readonly Connection[] {
    return [...this.#slots.values()].flatMap(({ connection }) => (connection ? [connection] : []))
  }

  /** Ends all connections; requests under way fail, and no connection is made any more. */
  close(): void {
    this.#closing.abort()
    for (const connection of this.open) connection.end(new ClosedError())
  }

  #slot(broker: Broker, purpose: ConnectionPurpose): ConnectionSlot {
    const key = keyOf(broker, purpose)
    const known = this.#slots.get(key)
    if (known) return known
    const context = { ...this.#settings, logins: this.#logins, onEvent: this.#onEvent }
    const slot = new ConnectionSlot(broker, context, this.#closing.signal)
    this.#slots.set(key, slot)
    return slot
  }
}

class ClosedError extends Error {
  override readonly message = 'the client was closed'
}

/** Several node ids can share an address. Each has its own loop of requests, and so its own connection. */
function keyOf(broker: Broker, purpose: ConnectionPurpose): string {
  const hasLoop = purpose === 'fetch' || purpose === 'produce'
  return `${purpose} ${hasLoop ? brokerText(broker) : addressText(broker)}`
}

interface SlotContext extends ConnectionSettings {
  readonly onEvent: BrokerListener
  readonly logins: LoginBackoff
}

/** The backoff of logins, shared by all brokers, because each of them refuses the same AccessKey. */
class LoginBackoff {
  readonly #clock: Clock
  readonly #retries = new RetryBackoff(LOGIN_BACKOFF)
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

/** The place of one connection: the open one, or the attempt to make it, and the backoff between attempts. */
class ConnectionSlot {
  readonly #broker: Broker
  readonly #context: SlotContext
  readonly #signal: AbortSignal
  readonly #retries = new RetryBackoff(CONNECTION_BACKOFF)
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

  get isInBackoff(): boolean {
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
