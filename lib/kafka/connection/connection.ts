import type { Socket } from 'node:net'
import { onAbort } from '../../async'
import type { Clock } from '../../clock'
import { guarded } from '../../errors'
import type { ProjectOptions } from '../../config/project-options'
import { addressText, type Address } from '../cluster/brokers'
import * as failure from './connection-errors'
import { BrokerError } from '../cluster/error-codes'
import { logIn, type LoginExchange } from './login'
import { LoginRenewal } from './login-renewal'
import { apiVersions } from './login-requests'
import { APIS, negotiate, type Api, type OfferedVersions } from '../protocol'
import type { ArrivedResponse, KafkaRequest, Response } from '../request'
import { abortReason, dialTls, type Lookup } from './tls-dial'
import { KafkaSocket } from './kafka-socket'
import { RequestQueue } from './request-queue'

export interface ConnectionOptions {
  /** The broker. A bootstrap address of the project is dialled in its place. */
  readonly address: Address
  readonly project: ProjectOptions
  readonly clientId: string
  readonly clock: Clock
  /** Exceptions of this listener are ignored. */
  readonly onEvent?: (event: ConnectionEvent) => void
  /** Default: the resolver of the system. */
  readonly lookup?: Lookup
}

export type ConnectionEvent =
  /** A response asked this client to send nothing for some time, at most a minute. */
  | { readonly type: 'throttled'; readonly milliseconds: number; readonly api: Api }
  /** Bytes of a response came, and not yet its end: a slow link, which is alive. */
  | { readonly type: 'arriving' }

/** A request by which a member waits for the others of its group, which may take minutes. */
export interface GroupWait {
  readonly request: 'join' | 'sync'
  /** Monotonic ms. */
  readonly sinceMs: number
}

/** A longer throttle time is a mistake of the service: 2^31 - 1 ms would be 25 days. */
const MAX_THROTTLE_MS = 60_000
/** The version of ApiVersions that every broker supports. */
const BEFORE_ASKING: OfferedVersions = new Map([[APIS.ApiVersions.key, { least: 0, greatest: 0 }]])

/** One verified TLS connection to a broker, logged in. A connection that has ended stays ended. */
export class Connection {
  readonly address: Address
  readonly #options: ConnectionOptions
  readonly #report: (event: ConnectionEvent) => void
  readonly #writeQueue: RequestQueue
  readonly #socket: KafkaSocket
  readonly #renewal: LoginRenewal
  #phase: 'opening' | 'login' | 'ready' = 'opening'
  #versions: OfferedVersions = BEFORE_ASKING
  /** Requests that are being encoded. */
  #encodingCount = 0
  /** Why it ended, null without an error; undefined while it is open. */
  #ended: Error | null | undefined
  #listeners: ((error: Error | null) => void)[] = []

  private constructor(options: ConnectionOptions, socket: Socket) {
    this.#options = options
    this.address = options.address
    const { clock, clientId } = options
    this.#report = guarded(ignore, (event) => options.onEvent?.(event))
    this.#writeQueue = new RequestQueue(clock)
    this.#socket = new KafkaSocket({
      socket,
      clientId,
      clock,
      throttledUntilMs: () => this.#writeQueue.throttledUntilMs,
      onArriving: () => {
        this.#report({ type: 'arriving' })
      },
      onClosed: () => {
        this.#end(this.#closeError())
      },
      onFailed: (error) => {
        this.#end(error)
      },
    })
    this.#renewal = new LoginRenewal({
      clock,
      gate: this.#writeQueue,
      isIdle: () => this.isOpen && this.#socket.pendingCount === 0,
      logIn: () => this.#logIn(),
      onFailed: (error) => {
        this.#end(error)
      },
    })
  }

  /**
   * Dials, verifies the certificate, asks for the versions of the broker and logs in.
   *
   * @throws the reason of the network, of TLS or of the service (`BrokerError`), or what the signal was
   *   aborted with. Nothing is left open
   */
  static async open(options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
    const address = options.project.bootstrap ?? options.address
    const socket = await dialTls({ ...options, address }, signal)
    const connection = new Connection(options, socket)
    const forget = onAbort(signal, () => {
      connection.end(abortReason(signal))
    })
    try {
      if (socket.destroyed) throw failure.closedByService()
      await connection.#begin()
      return connection
    } catch (error) {
      connection.end(error as Error)
      throw connection.#phase === 'login' ? new failure.LoginFailedError(error as Error) : error
    } finally {
      forget()
    }
  }

  get isOpen(): boolean {
    return this.#ended === undefined
  }

  /** Requests without a response, also those that were not written yet. */
  get pendingCount(): number {
    return this.#encodingCount + this.#writeQueue.size + this.#socket.pendingCount
  }

  /** Null while no Join and no Sync is pending. */
  get groupWait(): GroupWait | null {
    const joinSince = this.#socket.pendingSince('JoinGroup')
    if (joinSince !== null) return { request: 'join', sinceMs: joinSince }
    const syncSince = this.#socket.pendingSince('SyncGroup')
    return syncSince === null ? null : { request: 'sync', sinceMs: syncSince }
  }

  /** Versions that the broker supports, by API key. */
  get versions(): OfferedVersions {
    return this.#versions
  }

  /**
   * Sends a request and waits for its response, whatever error codes it has.
   *
   * @param waitMs milliseconds that the service may take beyond the usual: long poll, Join, Sync
   * @throws UnsupportedApiError before anything was written; else only if the connection has ended
   */
  async send<R extends Response>(request: KafkaRequest<R>, waitMs = 0): Promise<R> {
    return (await this.request(request, waitMs)).read()
  }

  /** Like `send`, and leaves the response unread. */
  async request<R extends Response>(
    request: KafkaRequest<R>,
    waitMs = 0,
  ): Promise<ArrivedResponse<R>> {
    const version = this.#negotiate(request.api)
    this.#encodingCount++
    const encoded = await request.encode(version).finally(() => {
      this.#encodingCount--
    })
    const body = await new Promise<Buffer>((respond, fail) => {
      const { api } = request
      this.#throwIfEnded()
      this.#writeQueue.add({
        fail,
        write: () => {
          this.#socket.write({ api, version, body: encoded, waitMs, respond, fail })
        },
      })
    })
    return { body, version, read: () => this.#decode(request, body, version) }
  }

  /** Ends the connection. What is pending is rejected with the error. */
  end(error: Error): void {
    this.#end(error)
  }

  /** Ends the connection without an error for those who listen. What is pending is rejected all the same. */
  close(): void {
    this.#end(null)
  }

  /**
   * Calls a listener once, at once if the connection has ended. The error is null if this client closed the
   * connection, or the service did while nothing was pending.
   */
  onEnd(listener: (error: Error | null) => void): void {
    if (this.#ended === undefined) this.#listeners.push(listener)
    else guarded(ignore, listener)(this.#ended)
  }

  async #begin(): Promise<void> {
    const { errorCode, versions } = await this.#exchange(apiVersions())
    if (errorCode !== 0) throw new BrokerError('ApiVersions', errorCode)
    this.#versions = versions
    this.#renewal.begin(await this.#logIn())
  }

  /** @returns see `LoginRenewal` */
  async #logIn(): Promise<number> {
    this.#phase = 'login'
    const exchange: LoginExchange = {
      versions: this.#versions,
      send: (request, version) => this.#exchange(request, version),
      sendBare: async (body) => {
        await new Promise<Buffer>((respond, fail) => {
          this.#throwIfEnded()
          this.#socket.writeBare({ api: 'SaslAuthenticate', body, waitMs: 0, respond, fail })
        })
      },
    }
    const lifetimeMs = await logIn(exchange, this.#options.project.login)
    this.#throwIfEnded()
    this.#phase = 'ready'
    return lifetimeMs
  }

  /** A request of the login: it passes the gate, which holds all others back meanwhile. */
  async #exchange<R extends Response>(
    request: KafkaRequest<R>,
    version = this.#negotiate(request.api),
  ): Promise<R> {
    const { api } = request
    const body = await request.encode(version)
    const bytes = await new Promise<Buffer>((respond, fail) => {
      this.#throwIfEnded()
      this.#socket.write({ api, version, body, waitMs: 0, respond, fail })
    })
    return this.#decode(request, bytes, version)
  }

  #negotiate(api: Api): number {
    return negotiate(api, this.#versions, addressText(this.address))
  }

  async #decode<R extends Response>(
    request: KafkaRequest<R>,
    bytes: Buffer,
    version: number,
  ): Promise<R> {
    this.#renewal.renewIfIdle()
    let response: R
    try {
      response = await request.decode(bytes, version, () => {
        this.#socket.release(bytes)
      })
    } catch (cause) {
      const text = `a response to ${request.api} that cannot be read`
      const error = new failure.MalformedResponseError(text, { cause })
      this.#end(error)
      throw error
    }
    this.#throttle(request.api, version, response.throttleMs)
    return response
  }

  #throttle(api: Api, version: number, throttleMs: number): void {
    if (!(throttleMs > 0) || !this.isOpen) return
    const milliseconds = Math.min(MAX_THROTTLE_MS, throttleMs)
    // Before this version the service has waited itself.
    if (version >= APIS[api].clientWaitsFrom) this.#writeQueue.throttleFor(milliseconds)
    this.#report({ type: 'throttled', milliseconds, api })
  }

  #throwIfEnded(): void {
    if (this.#ended !== undefined) throw this.#ended ?? failure.closedByClient()
  }

  #closeError(): Error | null {
    if (this.#phase === 'login') return failure.closedAtLogin()
    const isMissed = this.#phase === 'opening' || this.pendingCount > 0
    return isMissed ? failure.closedByService() : null
  }

  #end(error: Error | null): void {
    if (this.#ended !== undefined) return
    this.#ended = error
    this.#renewal.end()
    const reason = error ?? failure.closedByClient()
    this.#socket.end(reason)
    this.#writeQueue.end(reason)
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) guarded(ignore, listener)(error)
  }
}

/** Ignores exceptions of listeners, because the connection cannot report them. */
function ignore(): void {
  // Nothing to do.
}
