import { MAX_RESPONSE_BYTES } from '../constants'
import { responseSizeError } from './connection-errors'
import type { ResponseMemory } from './response-memory'

const LENGTH_BYTES = 4
const CORRELATION_ID_BYTES = 4

export interface RequestHeader {
  readonly apiKey: number
  readonly version: number
  readonly correlationId: number
  readonly clientId: string
}

/** A whole request: its length, its header (version 1) and its body. */
export function requestFrame(header: RequestHeader, body: Buffer): Buffer {
  const clientId = Buffer.from(header.clientId, 'utf8')
  const headerBytes = 10 + clientId.length
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + headerBytes + body.length)
  frame.writeInt32BE(headerBytes + body.length, 0)
  frame.writeInt16BE(header.apiKey, 4)
  frame.writeInt16BE(header.version, 6)
  frame.writeInt32BE(header.correlationId, 8)
  frame.writeInt16BE(clientId.length, 12)
  clientId.copy(frame, 14)
  body.copy(frame, 14 + clientId.length)
  return frame
}

/** The login token of a service without SaslAuthenticate: its length, and nothing else before it. */
export function bareFrame(token: Buffer): Buffer {
  const length = Buffer.allocUnsafe(LENGTH_BYTES)
  length.writeInt32BE(token.length)
  return Buffer.concat([length, token])
}

/** @returns null if the frame is too short to have one */
export function splitResponse(frame: Buffer): { correlationId: number; body: Buffer } | null {
  if (frame.length < CORRELATION_ID_BYTES) return null
  return { correlationId: frame.readInt32BE(0), body: frame.subarray(CORRELATION_ID_BYTES) }
}

/**
 * Cuts a byte stream into responses, each preceded by its length as a 32-bit big-endian integer. Copies each byte
 * once, into memory of its own, so that the memory of a chunk can be used again.
 */
export class FrameReader {
  readonly #memory: ResponseMemory
  readonly #length = Buffer.alloc(LENGTH_BYTES)
  #lengthBytes = 0
  /** The response that is arriving; null until its length is known, or between two. */
  #frame: Buffer | null = null
  #frameBytes = 0

  constructor(memory: ResponseMemory) {
    this.#memory = memory
  }

  /** A part of a response has come, and not yet its end. */
  get isIncomplete(): boolean {
    return this.#lengthBytes > 0
  }

  /**
   * @returns the responses that this chunk completes, without their lengths
   * @throws an error with the code `RESPONSE_TOO_LARGE`, as soon as such a length is known. What stands
   *   behind it in the stream is lost
   */
  read(chunk: Buffer): Buffer[] {
    const complete: Buffer[] = []
    for (let rest = this.#readLength(chunk); this.#lengthBytes === LENGTH_BYTES;) {
      const { frame, taken } = this.#take(rest)
      if (!frame) break
      complete.push(frame)
      this.#lengthBytes = 0
      this.#frame = null
      this.#frameBytes = 0
      rest = this.#readLength(rest.subarray(taken))
    }
    return complete
  }

  /** @returns what follows the bytes of the length */
  #readLength(bytes: Buffer): Buffer {
    const missing = LENGTH_BYTES - this.#lengthBytes
    const taken = bytes.copy(this.#length, this.#lengthBytes, 0, missing)
    this.#lengthBytes += taken
    return bytes.subarray(taken)
  }

  /** @returns how many bytes belong to the response that is arriving, and the response if it is whole */
  #take(bytes: Buffer): { frame: Buffer | null; taken: number } {
    const length = this.#length.readInt32BE()
    if (length < 0 || length > MAX_RESPONSE_BYTES) throw responseSizeError(length)
    this.#frame ??= this.#memory.take(length)
    const taken = bytes.copy(this.#frame, this.#frameBytes)
    this.#frameBytes += taken
    return { frame: this.#frameBytes === length ? this.#frame : null, taken }
  }
}
