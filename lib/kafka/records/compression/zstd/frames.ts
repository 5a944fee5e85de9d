import { BatchTooLargeError } from '../limits'

const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a50
const SKIPPABLE_MASK = 0xfffffff0
const SKIPPABLE_HEADER = 8

const SINGLE_SEGMENT = 0x20
const RESERVED = 0x08
const CHECKSUM = 0x04
const CHECKSUM_BYTES = 4
const DESCRIPTOR_AT = 4
const DICTIONARY_BYTES = [0, 1, 2, 4]
const BLOCK_HEADER = 3
/** A block holds no more, and neither does its content. */
export const MAX_BLOCK_BYTES = 128 * 1024
/**
 * What every decoder of zstd gives (ZSTD_WINDOWLOG_LIMIT_DEFAULT), and what its highest level asks for
 * when the length of the content is not known beforehand.
 */
const MAX_WINDOW_BYTES = 128 * 1_048_576

/** Kafka's clients write one. */
const MOST_FRAMES = 65_536

export const BlockType = { RAW: 0, REPEATED: 1, COMPRESSED: 2, RESERVED: 3 } as const

export interface Frame {
  /** Where the blocks begin. */
  readonly blocksAt: number
  readonly windowBytes: number
  /** Null if the frame does not announce it. */
  readonly contentBytes: number | null
  readonly hasChecksum: boolean
}

export interface Block {
  readonly isLast: boolean
  readonly type: number
  /** Of the content when decompressed, or of a compressed block itself. */
  readonly bytes: number
  /** Where the content begins and what follows it. */
  readonly at: number
  readonly end: number
}

/** A frame with content, from its magic to what follows it. */
export interface FrameSpan {
  readonly start: number
  readonly end: number
  /** Null if the frame does not announce its content. */
  readonly contentBytes: number | null
}

/**
 * Looks at every frame and block, and decompresses nothing: whether all are complete (zstdDecompress of
 * Node.js 22 takes a frame that is cut off for a whole one), and whether what they announce is allowed.
 *
 * @param limit bytes of the content of all frames
 */
export function framesOf(bytes: Buffer, limit: number): FrameSpan[] {
  const frames: FrameSpan[] = []
  let left = limit
  let count = 0
  for (let at = 0; at < bytes.length;) {
    if (++count > MOST_FRAMES) throw new Error(`more than ${MOST_FRAMES} frames`)
    const skippable = skippableSize(bytes, at)
    if (skippable === null) {
      const frame = frameAt(bytes, at)
      left -= frame.contentBytes ?? 0
      const { end, content } = walkBlocks(bytes, frame, left, limit)
      if (frame.contentBytes === null) left -= content
      frames.push({ start: at, end, contentBytes: frame.contentBytes })
      at = end
    } else {
      at += skippable
      if (at > bytes.length) throw new Error('cut off')
    }
  }
  if (frames.length === 0) throw new Error('no zstd frame')
  return frames
}

/** After RFC 8878, section 3.1.1.1. */
export function frameAt(bytes: Buffer, start: number): Frame {
  if (bytes.length < start + 6) throw new Error('cut off')
  if (bytes.readUInt32LE(start) !== MAGIC) throw new Error('no zstd frame')
  const descriptor = bytes.readUInt8(start + DESCRIPTOR_AT)
  if (descriptor & RESERVED) throw new Error('no zstd frame that is known')
  const isSingle = (descriptor & SINGLE_SEGMENT) !== 0
  const dictionaryAt = start + DESCRIPTOR_AT + (isSingle ? 1 : 2)
  const dictionaryBytes = DICTIONARY_BYTES[descriptor & 3] ?? 0
  const contentAt = dictionaryAt + dictionaryBytes
  const sizeFlag = descriptor >> 6
  const sizeBytes = sizeFlag === 0 && !isSingle ? 0 : 2 ** sizeFlag
  if (contentAt + sizeBytes > bytes.length) throw new Error('cut off')
  if (dictionaryBytes > 0 && bytes.readUIntLE(dictionaryAt, dictionaryBytes) !== 0) {
    throw new Error('needs a dictionary')
  }
  const contentBytes = sizeBytes === 0 ? null : contentSize(bytes, contentAt, sizeBytes)
  const windowBytes = isSingle ? (contentBytes ?? 0) : windowSize(bytes.readUInt8(start + 5))
  if (!isSingle && windowBytes > MAX_WINDOW_BYTES) {
    throw new Error(`needs a window of ${windowBytes} bytes, more than ${MAX_WINDOW_BYTES}`)
  }
  return {
    blocksAt: contentAt + sizeBytes,
    windowBytes,
    contentBytes,
    hasChecksum: (descriptor & CHECKSUM) !== 0,
  }
}

export function blockAt(bytes: Buffer, start: number, { windowBytes }: Frame): Block {
  const at = start + BLOCK_HEADER
  if (at > bytes.length) throw new Error('cut off')
  const header = bytes.readUIntLE(start, BLOCK_HEADER)
  const type = (header >> 1) & 3
  const size = header >> 3
  if (type === BlockType.RESERVED) throw new Error('a block of an unknown type')
  if (size > Math.min(MAX_BLOCK_BYTES, windowBytes)) throw new Error('a block that is too large')
  const end = at + (type === BlockType.REPEATED ? 1 : size)
  if (end > bytes.length) throw new Error('cut off')
  return { isLast: (header & 1) === 1, type, bytes: size, at, end }
}

/** @param left of the limit @returns what follows the frame, and how many bytes it holds at least */
function walkBlocks(
  bytes: Buffer,
  frame: Frame,
  left: number,
  limit: number,
): { end: number; content: number } {
  let content = 0
  for (let at = frame.blocksAt; ;) {
    if (left < 0 || (frame.contentBytes === null && content > left)) {
      throw new BatchTooLargeError(limit)
    }
    const block = blockAt(bytes, at, frame)
    if (block.type !== BlockType.COMPRESSED) content += block.bytes
    at = block.end
    if (!block.isLast) continue
    const end = at + (frame.hasChecksum ? CHECKSUM_BYTES : 0)
    if (end > bytes.length) throw new Error('cut off')
    return { end, content }
  }
}

function skippableSize(bytes: Buffer, at: number): number | null {
  if (at + SKIPPABLE_HEADER > bytes.length) return null
  if ((bytes.readUInt32LE(at) & SKIPPABLE_MASK) >>> 0 !== SKIPPABLE) return null
  return SKIPPABLE_HEADER + bytes.readUInt32LE(at + 4)
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}

function contentSize(bytes: Buffer, at: number, size: number): number {
  if (size === 8) return Number(bytes.readBigUInt64LE(at))
  // Two bytes begin where one byte ends.
  return bytes.readUIntLE(at, size) + (size === 2 ? 256 : 0)
}
