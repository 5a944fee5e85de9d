import { Output } from './output'

const MAGIC = 0x184d2204
const VERSION = 0x40
const VERSION_MASK = 0xc0
const BLOCK_CHECKSUM = 0x10
const CONTENT_SIZE = 0x08
const DICTIONARY = 0x01
/** Set in the size of a block that is stored as it is. */
const STORED = 0x80000000
const SHORTEST_MATCH = 4
/** A length of this much goes on in the next byte. */
const LONG = 15
const LONGER = 255

/**
 * Of an LZ4 frame, after the specification (lz4_Frame_format.md, lz4_Block_format.md). Written here,
 * because the libraries in plain JavaScript check neither what they read nor how much they write.
 * Checksums are not verified, as kafkajs does not verify those of Kafka: TLS has protected the bytes.
 */
export function decompressLz4(frame: Buffer): Buffer {
  if (frame.length < 7 || frame.readUInt32LE(0) !== MAGIC) throw new Error('no LZ4 frame')
  const flags = frame.readUInt8(4)
  if ((flags & VERSION_MASK) !== VERSION) throw new Error('another version of LZ4 frames')
  if (flags & DICTIONARY) throw new Error('needs a dictionary')
  const output = new Output(4 * frame.length)
  const afterBlock = flags & BLOCK_CHECKSUM ? 4 : 0
  for (let at = flags & CONTENT_SIZE ? 15 : 7; ;) {
    if (at + 4 > frame.length) throw new Error('cut off')
    const header = frame.readUInt32LE(at)
    at += 4
    if (header === 0) return output.bytes
    const size = header % STORED
    if (header >= STORED) output.append(frame, at, size)
    else decompressBlock(frame, at, at + size, output)
    at += size + afterBlock
  }
}

/** A block is a row of sequences: bytes as they are, then a match, which repeats earlier output. */
function decompressBlock(frame: Buffer, start: number, end: number, output: Output): void {
  if (end > frame.length) throw new Error('cut off')
  for (let at = start; at < end;) {
    const token = frame[at++] ?? 0
    let literals = token >> 4
    if (literals === LONG) {
      for (let more = LONGER; more === LONGER && at < end;) literals += more = frame[at++] ?? 0
    }
    output.append(frame, at, literals)
    at += literals
    // The last sequence has no match.
    if (at >= end) break
    const distance = frame.readUInt16LE(at)
    at += 2
    let match = token & LONG
    if (match === LONG) {
      for (let more = LONGER; more === LONGER && at < end;) match += more = frame[at++] ?? 0
    }
    output.repeat(distance, match + SHORTEST_MATCH)
  }
}
