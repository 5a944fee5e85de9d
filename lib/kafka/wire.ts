import type { Socket } from 'node:net'
import type { Clock } from '../clock'
import { guarded } from '../guarded'
import { MalformedResponseError } from './connection-errors'
import { bareFrame, FrameReader, requestFrame, splitResponse } from './frames'
import { LivenessWatch } from './liveness-watch'
import { PendingRequests } from './pending-requests'
import { APIS, type Api } from './protocol'

/** Silence of this length means that a connection is dead, beyond what a request itself may take. */
const SILENCE_MS = 10_000
/** A request of many bytes takes its time to get there. 20 kB/s. */
const LEAST_BYTES_PER_MS = 20
/** Bytes of an unfinished response that are told. */
const LEAST_ARRIVED_BYTES = 4_096
const MAX_CORRELATION_ID = 0x7fff_ffff

export interface WireOptions {
  readonly socket: Socket
  readonly clientId: string
  readonly clock: Clock
  /** Monotonic ms until which the service does not read, because it throttles. */
  readonly mutedUntil: () => number
  /** Some KiB of a response came, and not yet its end. */
  readonly onArriving: () => void
  /** The service closed its side, without an error. */
  readonly onClosed: () => void
  /** The connection is of no use any more. */
  readonly onFailed: (error: Error) => void
}

export interface WireRequest {
  readonly api: Api
  readonly version: number
  readonly body: Buffer
  /** Milliseconds that the service may take beyond the usual. */
  readonly waitMs: number
  /** @param body without the correlation id */
  respond(body: Buffer): void
  fail(error: Error): void
}

/** Requests out and responses in, on one connected socket, with every check that a response can fail. */
export class Wire {
  readonly #options: WireOptions
  readonly #frames = new FrameReader()
  readonly #pending = new PendingRequests()
  readonly #watch: LivenessWatch
  #correlationId = 0
  #heardAt: number
  /** Of an unfinished response, since the last time that it was told. */
  #arrivedBytes = 0
  #isEnded = false

  constructor(options: WireOptions) {
    this.#options = options
    const { socket, clock, onClosed, onFailed } = options
    this.#heardAt = clock.monotonic()
    this.#watch = new LivenessWatch({
      clock,
      expectation: () => ({
        silentUntil: this.#silentUntil(),
        overtakenUntil: this.#pending.overtakenUntil,
      }),
      onDead: onFailed,
    })
    // An exception in a listener of a socket would end the process.
    const contained = (error: unknown): void => {
      onFailed(error instanceof Error ? error : new Error(String(error)))
    }
    socket.on('error', onFailed)
    socket.on('end', onClosed)
    socket.on('close', onClosed)
    socket.on(
      'data',
      guarded(contained, (chunk: Buffer) => {
        this.#read(chunk)
      }),
    )
  }

  /** Requests that were written and have no response. */
  get pendingCount(): number {
    return this.#pending.size
  }

  /** When a pending request of this API was written, monotonic ms; null if none is pending. */
  pendingSince(api: Api): number | null {
    return this.#pending.find(api)?.writtenAt ?? null
  }

  /** Writes a request behind all others. Its id and its place are given here. */
  write({ api, version, body, ...request }: WireRequest): void {
    const correlationId = this.#nextId()
    const { clientId } = this.#options
    const header = { apiKey: APIS[api].key, version, correlationId, clientId }
    this.#writeFrame(requestFrame(header, body), { api, correlationId, ...request })
  }

  /** Writes a login token without a header. Nothing else may be pending. */
  writeBare({ api, body, ...request }: Omit<WireRequest, 'version'>): void {
    this.#writeFrame(bareFrame(body), { api, correlationId: null, ...request })
  }

  /** Fails what is pending and destroys the socket. */
  end(error: Error): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#watch.stop()
    this.#options.socket.destroy()
    this.#pending.failAll(error)
  }

  #writeFrame(
    frame: Buffer,
    request: Omit<WireRequest, 'version' | 'body'> & { correlationId: number | null },
  ): void {
    this.#pending.add({
      api: request.api,
      correlationId: request.correlationId,
      writtenAt: this.#options.clock.monotonic(),
      silenceMs: SILENCE_MS + request.waitMs + Math.ceil(frame.length / LEAST_BYTES_PER_MS),
      overtakenUntil: null,
      respond: (body) => {
        request.respond(body)
      },
      fail: (error) => {
        request.fail(error)
      },
    })
    this.#options.socket.write(frame)
    this.#watch.update()
  }

  #nextId(): number {
    this.#correlationId = this.#correlationId === MAX_CORRELATION_ID ? 1 : this.#correlationId + 1
    return this.#correlationId
  }

  #read(chunk: Buffer): void {
    if (this.#isEnded) return
    this.#heardAt = this.#options.clock.monotonic()
    const complete = this.#frames.read(chunk)
    for (const frame of complete) if (!this.#hasEnded()) this.#respond(frame)
    // Ended by what a response brought about.
    if (this.#hasEnded()) return
    this.#arrived(chunk.length, complete.length > 0)
    this.#watch.heard(chunk.length, complete.length, this.#frames.isIncomplete)
  }

  /** A response that drips is no proof of life, so that some bytes must have come. */
  #arrived(bytes: number, isComplete: boolean): void {
    this.#arrivedBytes = isComplete ? 0 : this.#arrivedBytes + bytes
    if (this.#arrivedBytes < LEAST_ARRIVED_BYTES) return
    this.#arrivedBytes %= LEAST_ARRIVED_BYTES
    this.#options.onArriving()
  }

  #respond(frame: Buffer): void {
    if (this.#pending.oldest?.correlationId === null) {
      this.#pending.takeOldest()?.respond(frame)
      return
    }
    const response = splitResponse(frame)
    const request = response && this.#pending.take(response.correlationId, this.#heardAt)
    if (!request) throw new MalformedResponseError('a response to no request of this connection')
    request.respond(response.body)
  }

  #hasEnded(): boolean {
    return this.#isEnded
  }

  /** Judged by the oldest request: behind it, others wait for no fault of theirs. */
  #silentUntil(): number | null {
    const { oldest } = this.#pending
    if (!oldest) return null
    const since = Math.max(oldest.writtenAt, this.#heardAt, this.#options.mutedUntil())
    return since + oldest.silenceMs
  }
}
