import type { Bytes } from '../log-source'
import type { LentBytes } from './lent-bytes'

/** Bytes of a response. A Buffer for the same bytes takes twice the memory, and longer to make. */
export class ByteRange implements Bytes {
  readonly length: number
  readonly #lent: LentBytes
  readonly #start: number

  constructor(lent: LentBytes, start: number, length: number) {
    this.length = length
    this.#lent = lent
    this.#start = start
  }

  toString(encoding: 'utf8' = 'utf8'): string {
    return this.#lent.bytes.toString(encoding, this.#start, this.#start + this.length)
  }

  subarray(): Buffer {
    return this.#lent.bytes.subarray(this.#start, this.#start + this.length)
  }
}
