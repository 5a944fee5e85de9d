import type { Socket } from 'node:net'
import type { Clock } from '../../clock'
import { guarded } from '../../errors'
import { MalformedResponseError } from './connection-errors'
import { bareFrame, FrameReader, requestFrame, splitResponse } from './frames'
import { LivenessWatch } from './liveness-watch'
import { PendingRequests } from './pending-requests'
import { ResponseMemory } from './response-memory'
import { APIS, type Api } from '../protocol'

/** A connection is dead after this silence, in addition to the wait that a request allows. */
const SILENCE_MS = 10_000
/** Slowest usable link, 20 kB/s: a large request gets more time. */
const LEAST_BYTES_PER_MS = 20
/** `onArriving` is called after each such part of an unfinished response. */
const ARRIVING_STEP_BYTES = 4_096
const MAX_CORRELATION_ID = 0x7fff_ffff

export interface KafkaSocketOptions {
  readonly socket: Socket
  readonly clientId: string
  readonly clock: Clock
  /** Monotonic ms until which the service does not read, because it throttles. */
  readonly throttledUntilMs: () => number
  /** Some KiB of a response came, and not yet its end. */
  readonly onArriving: () => void
  /** The service closed its side, without an error. */
  readonly onClosed: () => void
  /** The connection is broken or dead. */
  readonly onFailed: (error: Error) => void
}

export interface SocketRequest {
  readonly api: Api
  readonly version: number
  readonly body: Buffer
  /** Milliseconds that the service can take in addition to the silence limit. */
  readonly waitMs: number
  /** @param body without the correlation id */
  respond(body: Buffer): void
  fail(error: Error): void
}

/** Writes requests to one connected socket, and matches its responses to them. Ends at a response that fails a check. */
export class KafkaSocket {
  readonly #options: KafkaSocketOptions
  readonly #memory = new ResponseMemory()
  readonly #frames = new FrameReader(this.#memory)
  readonly #pending = new PendingRequests()
  readonly #watch: LivenessWatch
  #correlationId = 0
  #lastByteAtMs: number
  /** Bytes of an unfinished response since the last call of `onArriving`. */
  #arrivedBytes = 0
  #isEnded = false

  constructor(options: KafkaSocketOptions) {
    this.#options = options
    const { socket, clock, onClosed, onFailed } = options
    this.#lastByteAtMs = clock.monotonic()
    this.#watch = new LivenessWatch({
      clock,
      expectation: () => ({
        silentUntilMs: this.#silentUntilMs(),
        overtakenUntilMs: this.#pending.overtakenUntil,
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

  /** Writes a request after all others, with a new correlation id. */
  write({ api, version, body, ...request }: SocketRequest): void {
    const correlationId = this.#nextId()
    const { clientId } = this.#options
    const header = { apiKey: APIS[api].key, version, correlationId, clientId }
    this.#writeFrame(requestFrame(header, body), { api, correlationId, ...request })
  }

  /** Writes a login token without a header. Nothing else may be pending. */
  writeBare({ api, body, ...request }: Omit<SocketRequest, 'version'>): void {
    this.#writeFrame(bareFrame(body), { api, correlationId: null, ...request })
  }

  /** Says that nothing refers to the bytes of a response any more, so that another one can take their place. */
  release(body: Buffer): void {
    if (!this.#isEnded) this.#memory.giveBack(body)
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
    request: Omit<SocketRequest, 'version' | 'body'> & { correlationId: number | null },
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
    this.#lastByteAtMs = this.#options.clock.monotonic()
    const complete = this.#frames.read(chunk)
    for (const frame of complete) if (!this.#hasEnded()) this.#respond(frame)
    // A response can have ended this connection.
    if (this.#hasEnded()) return
    this.#arrived(chunk.length, complete.length > 0)
    this.#watch.received(chunk.length, complete.length, this.#frames.isIncomplete)
  }

  /** Counts bytes of an unfinished response. A few bytes prove no progress, so `onArriving` waits for 4 KiB. */
  #arrived(bytes: number, isComplete: boolean): void {
    this.#arrivedBytes = isComplete ? 0 : this.#arrivedBytes + bytes
    if (this.#arrivedBytes < ARRIVING_STEP_BYTES) return
    this.#arrivedBytes %= ARRIVING_STEP_BYTES
    this.#options.onArriving()
  }

  #respond(frame: Buffer): void {
    if (this.#pending.oldest?.correlationId === null) {
      this.#pending.takeOldest()?.respond(frame)
      return
    }
    const response = splitResponse(frame)
    const request = response && this.#pending.take(response.correlationId, this.#lastByteAtMs)
    if (!request) throw new MalformedResponseError('a response to no request of this connection')
    request.respond(response.body)
  }

  #hasEnded(): boolean {
    return this.#isEnded
  }

  /** The deadline of the oldest request. Later requests wait for their turn at the broker. */
  #silentUntilMs(): number | null {
    const { oldest } = this.#pending
    if (!oldest) return null
    const since = Math.max(oldest.writtenAt, this.#lastByteAtMs, this.#options.throttledUntilMs())
    return since + oldest.silenceMs
  }
}
