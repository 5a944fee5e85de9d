const LARGEST_INT32 = 0x7fff_ffff

/** Writes one field after the other into a buffer whose length was computed before. */
export class ByteWriter {
  at = 0
  readonly bytes: Buffer

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size)
  }

  int8(value: number): void {
    this.at = this.bytes.writeInt8(value, this.at)
  }

  int16(value: number): void {
    this.at = this.bytes.writeInt16BE(value, this.at)
  }

  int32(value: number): void {
    this.at = this.bytes.writeInt32BE(value, this.at)
  }

  int64(value: bigint): void {
    this.at = this.bytes.writeBigInt64BE(value, this.at)
  }

  /** @param value of at most 32 bits */
  varInt(value: number): void {
    let zigzag = ((value << 1) ^ (value >> 31)) >>> 0
    while (zigzag >= 0x80) {
      this.bytes[this.at++] = (zigzag & 0x7f) | 0x80
      zigzag >>>= 7
    }
    this.bytes[this.at++] = zigzag
  }

  /** Nearly all values fit into 32 bits; the others are rare, and slow. */
  varLong(value: bigint | number): void {
    if (typeof value === 'number') {
      this.varInt(value)
      return
    }
    let zigzag = zigzag64(value)
    for (; zigzag >= 0x80n; zigzag >>= 7n) {
      this.bytes[this.at++] = Number(zigzag & 0x7fn) | 0x80
    }
    this.bytes[this.at++] = Number(zigzag)
  }

  /** @param size in bytes, which was computed before */
  raw(content: string | Buffer, size: number): void {
    if (typeof content === 'string') this.bytes.write(content, this.at, size)
    else content.copy(this.bytes, this.at)
    this.at += size
  }
}

/** Bytes of a value of at most 32 bits. */
export function varIntSize(value: number): number {
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0
  let size = 1
  for (; zigzag >= 0x80; size++) zigzag >>>= 7
  return size
}

export function varLongSize(value: bigint | number): number {
  if (typeof value === 'number') return varIntSize(value)
  let zigzag = zigzag64(value)
  let size = 1
  for (; zigzag >= 0x80n; size++) zigzag >>= 7n
  return size
}

/** A difference of two times for `varLong`: a number where it fits into 32 bits. */
export function difference(later: number, earlier: number): bigint | number {
  const delta = later - earlier
  return Math.abs(delta) <= LARGEST_INT32 ? delta : BigInt(later) - BigInt(earlier)
}

function zigzag64(value: bigint): bigint {
  return BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
}
