/** The bytes ended early or make no sense. The connection that sent them is closed. */
export class MalformedRequestError extends Error {
  override readonly name = 'MalformedRequestError'
}

/** Reads Kafka's primitive types, in order, from one buffer. */
export class Reader {
  readonly #buffer: Buffer
  #position = 0

  constructor(buffer: Buffer) {
    this.#buffer = buffer
  }

  get remaining(): number {
    return this.#buffer.length - this.#position
  }

  int8(): number {
    return this.#buffer.readInt8(this.#advance(1))
  }

  int16(): number {
    return this.#buffer.readInt16BE(this.#advance(2))
  }

  int32(): number {
    return this.#buffer.readInt32BE(this.#advance(4))
  }

  uint32(): number {
    return this.#buffer.readUInt32BE(this.#advance(4))
  }

  int64(): bigint {
    return this.#buffer.readBigInt64BE(this.#advance(8))
  }

  boolean(): boolean {
    return this.int8() !== 0
  }

  /** The next `length` bytes: a view on the same memory, not a copy. */
  raw(length: number): Buffer {
    const start = this.#advance(length)
    return this.#buffer.subarray(start, start + length)
  }

  nullableString(): string | null {
    const length = this.int16()
    return length < 0 ? null : this.raw(length).toString('utf8')
  }

  string(): string {
    return notNull(this.nullableString())
  }

  nullableBytes(): Buffer | null {
    const length = this.int32()
    return length < 0 ? null : this.raw(length)
  }

  bytes(): Buffer {
    return notNull(this.nullableBytes())
  }

  nullableArray<Item>(readItem: () => Item): Item[] | null {
    const length = this.int32()
    if (length < 0) return null
    // Every item takes a byte at least: a lying length must not make us allocate.
    if (length > this.remaining) throw new MalformedRequestError('an array is longer than its data')
    return Array.from({ length }, readItem)
  }

  array<Item>(readItem: () => Item): Item[] {
    return notNull(this.nullableArray(readItem))
  }

  /** Zigzag variable-length integer of up to 64 bits, as used inside record batches. */
  varlong(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.int8() & 0xff
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return (value >> 1n) ^ -(value & 1n)
    }
    throw new MalformedRequestError('a variable-length integer does not end')
  }

  varint(): number {
    return Number(this.varlong())
  }

  #advance(length: number): number {
    if (length < 0 || length > this.remaining) {
      throw new MalformedRequestError(`${length} bytes wanted, ${this.remaining} left`)
    }
    const start = this.#position
    this.#position += length
    return start
  }
}

function notNull<Value>(value: Value | null): Value {
  if (value === null) throw new MalformedRequestError('null where a value is required')
  return value
}
