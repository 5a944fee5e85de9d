import { nextTurn } from '../../event-loop'
import { BYTES_PER_TURN, MAX_BATCH_BYTES } from './limits'
import { OutputBuffer } from './output-buffer'

const MAGIC = 0x184d2204
const VERSION = 0x40
const VERSION_MASK = 0xc0
const BLOCK_CHECKSUM = 0x10
const CONTENT_SIZE = 0x08
const DICTIONARY = 0x01
const CONTENT_SIZE_AT = 6
/** Least bytes of a frame header. The size of the content takes eight more. */
const SHORTEST_HEADER = 7
/** Set in the size of a block that is stored as it is. */
const STORED = 0x80000000
const SHORTEST_MATCH = 4
/** A length of this much goes on in the next byte. */
const LONG = 15
const LONGER = 255

/**
 * Decodes an LZ4 frame, after the specification (lz4_Frame_format.md, lz4_Block_format.md). Written here,
 * because the libraries in plain JavaScript check neither what they read nor how much they write.
 * Checksums are not verified, as kafkajs does not verify those of Kafka: TLS has protected the bytes.
 *
 * @param limit in bytes
 */
export async function decompressLz4(frame: Buffer, limit = MAX_BATCH_BYTES): Promise<Buffer> {
  if (frame.length < SHORTEST_HEADER || frame.readUInt32LE(0) !== MAGIC) {
    throw new Error('no LZ4 frame')
  }
  const flags = frame.readUInt8(4)
  if ((flags & VERSION_MASK) !== VERSION) throw new Error('another version of LZ4 frames')
  if (flags & DICTIONARY) throw new Error('needs a dictionary')
  const output = new OutputBuffer(4 * frame.length, limit)
  const afterBlock = flags & BLOCK_CHECKSUM ? 4 : 0
  let turnAt = BYTES_PER_TURN
  for (let at = SHORTEST_HEADER + (flags & CONTENT_SIZE ? 8 : 0); ;) {
    if (at + 4 > frame.length) throw new Error('cut off')
    const header = frame.readUInt32LE(at)
    at += 4
    if (header === 0) break
    const size = header % STORED
    if (at + size > frame.length) throw new Error('cut off')
    if (header >= STORED) output.append(frame, at, size)
    else {
      const block = new Lz4Block(frame.subarray(at, at + size), output)
      while (!block.run(BYTES_PER_TURN)) await nextTurn()
    }
    at += size + afterBlock
    if (output.length < turnAt) continue
    turnAt = output.length + BYTES_PER_TURN
    await nextTurn()
  }
  if (flags & CONTENT_SIZE && frame.readBigUInt64LE(CONTENT_SIZE_AT) !== BigInt(output.length)) {
    throw new Error('holds another length than it announces')
  }
  return output.bytes
}

/** A row of sequences: bytes as they are, then a match, which repeats earlier output. */
class Lz4Block {
  readonly #bytes: Buffer
  readonly #output: OutputBuffer
  #at = 0

  constructor(bytes: Buffer, output: OutputBuffer) {
    this.#bytes = bytes
    this.#output = output
  }

  /** @param count bytes of output, about, after which it pauses @returns whether it is at its end */
  run(count: number): boolean {
    const bytes = this.#bytes
    const output = this.#output
    const until = output.length + count
    while (this.#at < bytes.length && output.length < until) {
      const token = bytes[this.#at++] ?? 0
      const literals = this.#length(token >> 4)
      output.append(bytes, this.#at, literals)
      this.#at += literals
      // The last sequence has no match.
      if (this.#at >= bytes.length) break
      if (this.#at + 2 > bytes.length) throw new Error('cut off')
      const distance = bytes.readUInt16LE(this.#at)
      this.#at += 2
      output.repeat(distance, this.#length(token & LONG) + SHORTEST_MATCH)
    }
    return this.#at >= bytes.length
  }

  #length(short: number): number {
    let length = short
    if (short === LONG) {
      for (let more = LONGER; more === LONGER && this.#at < this.#bytes.length;) {
        length += more = this.#bytes[this.#at++] ?? 0
      }
    }
    return length
  }
}
