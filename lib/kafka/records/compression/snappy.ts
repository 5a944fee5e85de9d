import { nextTurn } from '../../event-loop'
import { BatchTooLargeError, BYTES_PER_TURN, MAX_BATCH_BYTES } from './limits'
import { OutputBuffer } from './output-buffer'

/** How Kafka's Java client begins: the framing of the library that it uses, xerial's snappy-java. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** The magic and two versions of 32 bits. */
const XERIAL_HEADER = 16
const CHUNK_SIZE_BYTES = 4
/** The best that an element can do: three bytes that repeat 64. */
const LARGEST_RATIO = 64 / 3
const LARGEST_LENGTH_BYTES = 5
/** Literals beyond this length have it in one to four further bytes. */
const LONG_LITERAL = 60

/**
 * Raw, as librdkafka sends it, or in xerial's framing: chunks of raw snappy with their lengths. Written
 * here after the format (google/snappy, format_description.txt), because snappyjs ends neither on every
 * input nor compares the length that is announced.
 *
 * @param limit in bytes
 */
export async function decompressSnappy(bytes: Buffer, limit = MAX_BATCH_BYTES): Promise<Buffer> {
  const isFramed = bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)
  if (!isFramed) return decompressRaw(bytes, limit, limit)
  if (bytes.length < XERIAL_HEADER) throw new Error('cut off')
  const chunks: Buffer[] = []
  let left = limit
  let sinceTurn = 0
  for (let at = XERIAL_HEADER; at < bytes.length;) {
    if (at + CHUNK_SIZE_BYTES > bytes.length) throw new Error('cut off')
    const size = bytes.readInt32BE(at)
    at += CHUNK_SIZE_BYTES
    if (size <= 0 || at + size > bytes.length) throw new Error('cut off')
    const chunk = await decompressRaw(bytes.subarray(at, at + size), left, limit)
    at += size
    left -= chunk.length
    chunks.push(chunk)
    sinceTurn += chunk.length
    if (sinceTurn >= BYTES_PER_TURN) {
      sinceTurn = 0
      await nextTurn()
    }
  }
  return Buffer.concat(chunks)
}

/** @param left of the limit */
async function decompressRaw(bytes: Buffer, left: number, limit: number): Promise<Buffer> {
  const { length, at } = announcedLength(bytes)
  if (length > left) throw new BatchTooLargeError(limit)
  if (length > bytes.length * LARGEST_RATIO) throw new Error('announces more than it can hold')
  const block = new SnappyBlock(bytes, at, length)
  while (!block.run(BYTES_PER_TURN)) await nextTurn()
  return block.output
}

/** Raw snappy begins with its decompressed length, as a varint. */
function announcedLength(bytes: Buffer): { readonly length: number; readonly at: number } {
  let length = 0
  for (const [index, byte] of bytes.subarray(0, LARGEST_LENGTH_BYTES).entries()) {
    length += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return { length, at: index + 1 }
  }
  throw new Error('no snappy')
}

/** A row of elements: bytes as they are, or a copy of earlier output. Each takes at least one byte. */
class SnappyBlock {
  readonly #bytes: Buffer
  readonly #announced: number
  readonly #output: OutputBuffer
  #at: number

  constructor(bytes: Buffer, at: number, announced: number) {
    this.#bytes = bytes
    this.#at = at
    this.#announced = announced
    this.#output = new OutputBuffer(announced, announced)
  }

  get output(): Buffer {
    return this.#output.bytes
  }

  /** @param count bytes of output, about, after which it pauses @returns whether it is at its end */
  run(count: number): boolean {
    const bytes = this.#bytes
    const output = this.#output
    const until = output.length + count
    while (this.#at < bytes.length && output.length < until) {
      const tag = bytes[this.#at++] ?? 0
      if ((tag & 3) === 0) {
        const size = this.#literalSize(tag >> 2)
        this.#announces(size)
        output.append(bytes, this.#at, size)
        this.#at += size
      } else {
        const isShort = (tag & 3) === 1
        const size = isShort ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
        const distance = isShort
          ? ((tag >> 5) << 8) + this.#number(1)
          : this.#number((tag & 3) === 2 ? 2 : 4)
        this.#announces(size)
        output.repeat(distance, size)
      }
    }
    if (this.#at < bytes.length) return false
    if (output.length < this.#announced) throw new Error('holds less than it announces')
    return true
  }

  #literalSize(length: number): number {
    return (length < LONG_LITERAL ? length : this.#number(length - LONG_LITERAL + 1)) + 1
  }

  #announces(size: number): void {
    if (this.#output.length + size <= this.#announced) return
    throw new Error('holds more than it announces')
  }

  #number(size: number): number {
    if (this.#at + size > this.#bytes.length) throw new Error('cut off')
    const number = this.#bytes.readUIntLE(this.#at, size)
    this.#at += size
    return number
  }
}
