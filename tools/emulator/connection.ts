import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { APIS } from './apis'
import type { RequestContext, ServedApi, Services } from './apis/api'
import { API_VERSIONS_KEY } from './apis/api-versions'
import type { Counters } from './counters'
import type { Changes, FaultyConnection } from './faults/spoil'
import type { Faults } from './faults/faults'
import { SeenLeaders } from './leaders'
import { ErrorCode } from './protocol/error-codes'
import { frame, readFrames } from './protocol/frames'
import { Reader } from './protocol/reader'
import { Writer } from './protocol/writer'
import type { SlowLink } from './slow-link'
import type { ConnectionRecord, RequestRecord, Traffic } from './traffic'
import { SaslSession, type AccessControl, type SaslState } from './sasl'

export interface ConnectionOptions {
  readonly services: Services
  readonly access: AccessControl
  readonly faults: Faults
  readonly link: SlowLink
  /** In the direction of the emulator. */
  readonly inboundLink: SlowLink
  readonly counters: Counters
  readonly traffic: Traffic
  /** What the traffic holds of this connection. */
  readonly record: ConnectionRecord | undefined
  readonly log: (line: string) => void
}

interface RequestHeader {
  readonly apiKey: number
  readonly version: number
  readonly correlationId: number
  readonly clientId: string
}

/** The request cannot be answered; the connection closes. */
class UnservedRequestError extends Error {
  override readonly name = 'UnservedRequestError'
}

const ZEROS = Buffer.alloc(65_536)

/** What may be asked before the login is complete, by its state. */
const ALLOWED_BEFORE_LOGIN: Partial<Record<SaslState, readonly string[]>> = {
  handshake: ['ApiVersions', 'SaslHandshake'],
  token: ['SaslAuthenticate'],
}

const LOGIN = ['SaslHandshake', 'SaslAuthenticate']

/** One client connection. Requests are answered one after the other, as a broker does. */
export class Connection {
  readonly #socket: TLSSocket
  readonly #options: ConnectionOptions
  readonly #sasl: SaslSession
  readonly #clientHost: string
  readonly #closed = new AbortController()
  #frozen = false
  readonly #leaders = new SeenLeaders()
  /** How the answer of the request under way is sent; null: at once. */
  #drip: { readonly ms: number; readonly bytes: number } | null = null

  constructor(socket: TLSSocket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    this.#sasl = new SaslSession(options.access)
    this.#clientHost = `/${socket.remoteAddress ?? ''}`
    socket.setNoDelay(true)
    socket.on('error', () => undefined) // "close" follows, and ends everything
    socket.on('close', () => {
      this.#closed.abort()
    })
  }

  /** Sends nothing, or very slowly; the connection stays open for the client. */
  get isHalfOpen(): boolean {
    return this.#frozen || this.#drip !== null
  }

  /** Makes the connection half-open: it accepts bytes and sends nothing. */
  freeze(): void {
    this.#frozen = true
  }

  /** Drops the connection. */
  close(): void {
    this.#socket.destroy()
  }

  /** Serves until the client goes or asks for something that cannot be answered. Never rejects. */
  async run(): Promise<void> {
    try {
      for await (const request of readFrames(this.#incoming())) {
        if (this.#frozen) {
          this.#ignore(request)
          continue
        }
        const answer = await this.#serve(request)
        if (answer) await this.#write(frame(answer))
        this.#drip = null
        if (this.#sasl.state === 'failed') break
      }
    } catch (error) {
      // A connection that the other side has closed or lost is no news.
      const isSystemError = error instanceof Error && 'code' in error
      if (!isSystemError)
        this.#options.log(`connection of ${this.#clientHost} closed: ${String(error)}`)
    }
    this.#socket.destroySoon()
  }

  /** Without the default of destroying the socket where reading ends: the last answer has to get out. */
  async *#incoming(): AsyncGenerator<Buffer> {
    const chunks = this.#socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
    const { inboundLink } = this.#options
    for await (const chunk of chunks) {
      if (inboundLink.isLimited) yield* inboundLink.carry([chunk], this.#closed.signal)
      else yield chunk
    }
  }

  /** A request that arrives on a half-open connection: noted, and not answered. */
  #ignore(bytes: Buffer): void {
    if (this.#sasl.state === 'bare token') return
    const api = APIS.get(readHeader(new Reader(bytes)).apiKey)
    if (api) this.#noteRequest(api).fail()
  }

  #noteRequest({ name }: ServedApi): RequestRecord {
    return this.#options.traffic.noteRequest(name, this.#options.record)
  }

  async #serve(bytes: Buffer): Promise<Buffer[] | undefined> {
    if (this.#sasl.state === 'bare token') return this.#serveBareToken(bytes)

    const reader = new Reader(bytes)
    const header = readHeader(reader)
    const { apiKey, version, correlationId, clientId } = header
    const correlation = new Writer().int32(correlationId)
    const supported = this.#options.services.supportedApis().find(({ key }) => key === apiKey)
    const api = APIS.get(apiKey)
    if (!supported || !api) throw unserved(header)
    if (version < supported.min || version > supported.max) {
      if (apiKey !== API_VERSIONS_KEY) throw unserved(header)
      // In the form of version 0, so that the client can read it and ask again.
      return correlation.int16(ErrorCode.UNSUPPORTED_VERSION).int32(0).chunks()
    }
    this.#checkLogin(api)
    this.#options.counters.countRequest(api.name)

    const record = this.#noteRequest(api)
    const request = {
      api: api.name,
      clientId,
      connection: this.#faultyConnection,
      onFailing: () => {
        record.fail()
      },
    }
    const body = await this.#options.faults.serve(request, async (changes) => {
      const answer = await api.serve(reader, version, { ...this.#context(clientId), ...changes })
      return answer?.chunks()
    })
    if (!body) return undefined
    this.#countLogin(api)
    this.#options.counters.countResponse(api.name, body)
    return [...correlation.chunks(), ...body]
  }

  /** SaslHandshake version 0 is followed by a token without header, answered by an empty one. */
  #serveBareToken(token: Buffer): Buffer[] | undefined {
    this.#sasl.authenticate(token)
    this.#countLogins()
    return this.#sasl.state === 'authenticated' ? [] : undefined
  }

  #checkLogin(api: ServedApi): void {
    const { state, isExpired } = this.#sasl
    if (isExpired && !LOGIN.includes(api.name)) {
      throw new UnservedRequestError(`${api.name} after the login had expired`)
    }
    if (state === 'authenticated' || ALLOWED_BEFORE_LOGIN[state]?.includes(api.name)) return
    throw new UnservedRequestError(`${api.name} before the login was complete`)
  }

  #countLogin(api: ServedApi): void {
    if (api.name === 'SaslAuthenticate') this.#countLogins()
  }

  #countLogins(): void {
    const { counters, traffic } = this.#options
    if (this.#sasl.state === 'authenticated') {
      counters.acceptedLogins += 1
      return
    }
    counters.refusedLogins += 1
    traffic.noteRefusedLogin()
  }

  get #faultyConnection(): FaultyConnection {
    return {
      closed: this.#closed.signal,
      send: (bytes) => this.#socket.write(bytes),
      flood: (length) => {
        void this.#flood(length)
      },
      drip: (ms, bytes) => {
        this.#drip = { ms, bytes }
      },
      freeze: () => {
        this.freeze()
      },
      close: () => {
        this.close()
      },
    }
  }

  #context(clientId: string): Omit<RequestContext, keyof Changes> {
    return {
      ...this.#options.services,
      clientId,
      clientHost: this.#clientHost,
      sasl: this.#sasl,
      leaders: this.#leaders,
      closed: this.#closed.signal,
    }
  }

  /** Waits while the client does not read, so that answers do not pile up in memory. */
  async #write(chunks: readonly Buffer[]): Promise<void> {
    if (this.#frozen) return
    if (this.#drip) return this.#writeInDrops(chunks, this.#drip.ms, this.#drip.bytes)
    if (this.#options.link.isLimited) return this.#writeSlowly(chunks)
    this.#socket.cork()
    for (const chunk of chunks) this.#socket.write(chunk)
    this.#socket.uncork()
    await this.#drained()
  }

  async #writeSlowly(chunks: readonly Buffer[]): Promise<void> {
    for await (const piece of this.#options.link.carry(chunks, this.#closed.signal)) {
      if (this.#frozen) return
      this.#socket.write(piece)
      await this.#drained()
    }
  }

  async #writeInDrops(chunks: readonly Buffer[], ms: number, bytes: number): Promise<void> {
    const answer = Buffer.concat(chunks)
    for (let sent = 0; sent < answer.length; sent += bytes) {
      if (sent > 0) await delay(ms, undefined, { signal: this.#closed.signal })
      this.#socket.write(answer.subarray(sent, sent + bytes))
    }
  }

  async #flood(length: number): Promise<void> {
    const head = Buffer.alloc(4)
    head.writeInt32BE(length)
    this.#socket.write(head)
    for (let left = length; left > 0 && !this.#closed.signal.aborted; left -= ZEROS.length) {
      this.#socket.write(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS)
      await this.#drained().catch(() => undefined)
    }
  }

  async #drained(): Promise<void> {
    if (this.#socket.writableNeedDrain) {
      await once(this.#socket, 'drain', { signal: this.#closed.signal })
    }
  }
}

function readHeader(reader: Reader): RequestHeader {
  return {
    apiKey: reader.int16(),
    version: reader.int16(),
    correlationId: reader.int32(),
    clientId: reader.nullableString() ?? '',
  }
}

function unserved({ apiKey, version, clientId }: RequestHeader): UnservedRequestError {
  const name = APIS.get(apiKey)?.name ?? `API ${apiKey}`
  return new UnservedRequestError(
    `${name} version ${version}, asked by "${clientId}", is not served`,
  )
}
