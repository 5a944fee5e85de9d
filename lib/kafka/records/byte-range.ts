import type { Bytes } from '../log-source'
import type { LentBytes } from './lent-bytes'

/** To compare 48 bytes takes as long as to make their text again. Measured on Node.js 20. */
const LONGEST_REPEATED = 32

/** Bytes of a response. A Buffer for the same bytes takes twice the memory, and longer to make. */
export class ByteRange implements Bytes {
  readonly length: number
  readonly #lent: LentBytes
  readonly #start: number
  /** Made once, because one range can be the key of many records. */
  #text: string | null = null

  constructor(lent: LentBytes, start: number, length: number) {
    this.length = length
    this.#lent = lent
    this.#start = start
  }

  toString(): string {
    const { bytes } = this.#lent
    return (this.#text ??= bytes.toString('utf8', this.#start, this.#start + this.length))
  }

  subarray(): Buffer {
    return this.#lent.bytes.subarray(this.#start, this.#start + this.length)
  }

  /** Whether the bytes at another place of the same memory are the same; false if there are more than 32. */
  isRepeatedAt(start: number, length: number): boolean {
    if (length !== this.length || length > LONGEST_REPEATED) return false
    const { bytes } = this.#lent
    for (let at = 0; at < length; at++) {
      if (bytes[start + at] !== bytes[this.#start + at]) return false
    }
    return true
  }
}
