const MAX_VARINT_BITS = 28
const MAX_VARLONG_BITS = 63

/** Reads one field after the other, and nothing beyond the end. */
export class ByteCursor {
  at = 0
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int8(): number {
    return this.#bytes.readInt8(this.#take(1))
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#take(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#take(4))
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8))
  }

  /** @param size negative: null */
  slice(size: number): Buffer | null {
    if (size < 0) return null
    const start = this.#take(size)
    return this.#bytes.subarray(start, this.at)
  }

  skip(size: number): void {
    this.#take(size)
  }

  /** Reads a varint length and as many bytes; null for a negative length. */
  bytes(): Buffer | null {
    return this.slice(this.varInt())
  }

  varInt(): number {
    let value = 0
    for (let bits = 0; bits <= MAX_VARINT_BITS; bits += 7) {
      const byte = this.#byte()
      value |= (byte & 0x7f) << bits
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
    throw new RangeError('a number of more than 32 bits')
  }

  /** Nearly all fit into a byte or some; the others are rare, and slow. */
  varLong(): bigint | number {
    const start = this.at
    let bits = 0
    while (this.#byte() >= 0x80) {
      bits += 7
      if (bits > MAX_VARLONG_BITS) throw new RangeError('a number of more than 64 bits')
    }
    const end = this.at
    this.at = start
    if (bits < MAX_VARINT_BITS) return this.varInt()
    let value = 0n
    for (; this.at < end; this.at++) {
      value |= BigInt((this.#bytes[this.at] ?? 0) & 0x7f) << BigInt(7 * (this.at - start))
    }
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
  }

  /** @returns where it begins */
  #take(size: number): number {
    const start = this.at
    this.at += size
    if (this.at > this.#bytes.length) throw new RangeError('a field beyond the end')
    return start
  }

  #byte(): number {
    const byte = this.#bytes[this.at++]
    if (byte === undefined) throw new RangeError('a field beyond the end')
    return byte
  }
}
