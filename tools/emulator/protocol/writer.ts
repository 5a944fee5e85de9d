const CHUNK_BYTES = 1024

/**
 * Writes Kafka's primitive types. The result is a list of chunks and not one buffer, so that a
 * Fetch answer refers to stored record batches without copying them.
 */
export class Writer {
  readonly #finished: Buffer[] = []
  #current = Buffer.allocUnsafe(CHUNK_BYTES)
  #start = 0
  #end = 0
  #finishedBytes = 0

  get length(): number {
    return this.#finishedBytes + this.#end - this.#start
  }

  chunks(): Buffer[] {
    this.#finishCurrent()
    return [...this.#finished]
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.chunks())
  }

  int8(value: number): this {
    this.#makeRoom(1)
    this.#end = this.#current.writeInt8(value, this.#end)
    return this
  }

  int16(value: number): this {
    this.#makeRoom(2)
    this.#end = this.#current.writeInt16BE(value, this.#end)
    return this
  }

  int32(value: number): this {
    this.#makeRoom(4)
    this.#end = this.#current.writeInt32BE(value, this.#end)
    return this
  }

  uint32(value: number): this {
    this.#makeRoom(4)
    this.#end = this.#current.writeUInt32BE(value, this.#end)
    return this
  }

  int64(value: bigint): this {
    this.#makeRoom(8)
    this.#end = this.#current.writeBigInt64BE(value, this.#end)
    return this
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0)
  }

  utf8(value: string, byteLength: number): this {
    this.#makeRoom(byteLength)
    this.#end += this.#current.write(value, this.#end, 'utf8')
    return this
  }

  nullableString(value: string | null): this {
    if (value === null) return this.int16(-1)
    const length = Buffer.byteLength(value)
    return this.int16(length).utf8(value, length)
  }

  string(value: string): this {
    return this.nullableString(value)
  }

  bytes(value: Buffer): this {
    return this.int32(value.length).raw(value)
  }

  /** Appends the buffer itself, not a copy: it must not change afterwards. */
  raw(value: Buffer): this {
    this.#finishCurrent()
    this.#finished.push(value)
    this.#finishedBytes += value.length
    return this
  }

  array<Item>(items: readonly Item[], writeItem: (item: Item) => void): this {
    this.int32(items.length)
    items.forEach(writeItem)
    return this
  }

  /** Zigzag variable-length integer, as used inside record batches. Range: 32 bits, signed. */
  varint(value: number): this {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0
    while (rest >= 0x80) {
      this.int8(((rest & 0x7f) | 0x80) - 0x100)
      rest >>>= 7
    }
    return this.int8(rest)
  }

  /** Like {@link varint} for 64 bits. */
  varlong(value: bigint): this {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    while (rest >= 0x80n) {
      this.int8(Number(rest & 0x7fn) + 0x80 - 0x100)
      rest >>= 7n
    }
    return this.int8(Number(rest))
  }

  #makeRoom(bytes: number): void {
    if (this.#end + bytes <= this.#current.length) return
    this.#finishCurrent()
    this.#current = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, bytes))
    this.#start = 0
    this.#end = 0
  }

  #finishCurrent(): void {
    if (this.#end === this.#start) return
    this.#finished.push(this.#current.subarray(this.#start, this.#end))
    this.#finishedBytes += this.#end - this.#start
    this.#start = this.#end
  }
}

/** Bytes that {@link Writer.varint} takes for this value. */
export function varintLength(value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  let length = 1
  while (rest >= 0x80) {
    rest >>>= 7
    length += 1
  }
  return length
}

/** Bytes that {@link Writer.varlong} takes for this value. */
export function varlongLength(value: bigint): number {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  let length = 1
  while (rest >= 0x80n) {
    rest >>= 7n
    length += 1
  }
  return length
}
