/**
 * A bit stream that is read from its end to its beginning (RFC 8878, section 4). The highest bit that is
 * set in its last byte only marks the end.
 */
export class BackwardBits {
  readonly #bytes: Buffer
  readonly #start: number
  /** Bits that are left; below 0 after more was read than there is. */
  left: number

  constructor(bytes: Buffer, start: number, end: number) {
    const last = end > start && end <= bytes.length ? (bytes[end - 1] ?? 0) : 0
    if (last === 0) throw new Error('a bit stream without an end')
    this.#bytes = bytes
    this.#start = start
    this.left = 8 * (end - start) - 8 + highestBit(last)
  }

  /** Zeros follow where nothing is left; `left` tells it. @param count at most 28 */
  read(count: number): number {
    const value = this.peek(count)
    this.left -= count
    return value
  }

  /** @param count at most 24 */
  peek(count: number): number {
    const from = this.left - count
    if (from >= 0) return this.#bitsAt(from, count)
    return this.left <= 0 ? 0 : this.#bitsAt(0, this.left) << -from
  }

  #bitsAt(bit: number, count: number): number {
    const at = this.#start + (bit >> 3)
    const bytes = this.#bytes
    const shift = bit & 7
    let word = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
    if (shift + count > 24) word |= (bytes[at + 3] ?? 0) << 24
    let value = word >>> shift
    if (shift + count > 32) value |= (bytes[at + 4] ?? 0) << (32 - shift)
    return value & ((1 << count) - 1)
  }
}

/** A bit stream that is read from its beginning. */
export class ForwardBits {
  readonly #bytes: Buffer
  #bit: number
  readonly #end: number

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes
    this.#bit = 8 * start
    this.#end = 8 * end
  }

  /** The next whole byte. */
  get at(): number {
    return (this.#bit + 7) >> 3
  }

  /** @param count at most 16 */
  read(count: number): number {
    if (this.#bit + count > this.#end) throw new Error('cut off')
    const at = this.#bit >> 3
    const bytes = this.#bytes
    const word = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
    const value = (word >> (this.#bit & 7)) & ((1 << count) - 1)
    this.#bit += count
    return value
  }

  /** Reads one bit less than was read. */
  back(): void {
    this.#bit--
  }
}

/** Its index; 0 for 0. */
export function highestBit(value: number): number {
  return value === 0 ? 0 : 31 - Math.clz32(value)
}
