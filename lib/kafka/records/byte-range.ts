import type { Bytes } from '../log-source'

/** Bytes of a response. A Buffer for the same bytes takes twice the memory, and longer to make. */
export class ByteRange implements Bytes {
  readonly length: number
  readonly #bytes: Buffer
  readonly #start: number

  constructor(bytes: Buffer, start: number, length: number) {
    this.length = length
    this.#bytes = bytes
    this.#start = start
  }

  toString(encoding: 'utf8' = 'utf8'): string {
    return this.#bytes.toString(encoding, this.#start, this.#start + this.length)
  }

  subarray(): Buffer {
    return this.#bytes.subarray(this.#start, this.#start + this.length)
  }
}
