import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { Decompress } from 'fzstd'
import { BatchTooLargeError, MAX_BATCH_BYTES } from './limit'

/** `zlib.zstdDecompress` of Node.js 22.15 and later, which does not hold up the event loop. */
export type NativeZstd = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const MAGIC = 0xfd2fb528
const SINGLE_SEGMENT = 0x20

const { zstdDecompress } = zlib as { zstdDecompress?: Parameters<typeof promisify>[0] }
const builtIn = zstdDecompress ? (promisify(zstdDecompress) as unknown as NativeZstd) : null

/** @param native null to do without */
export async function decompressZstd(
  frame: Buffer,
  native: NativeZstd | null = builtIn,
): Promise<Buffer> {
  // A decoder allocates the whole window at once, whatever the frame holds.
  if (windowSize(frame) > MAX_BATCH_BYTES) throw new BatchTooLargeError()
  return native ? native(frame, { maxOutputLength: MAX_BATCH_BYTES }) : decompressInJs(frame)
}

function decompressInJs(frame: Buffer): Buffer {
  const blocks: Uint8Array[] = []
  let length = 0
  const stream = new Decompress((block) => {
    length += block.length
    if (length > MAX_BATCH_BYTES) throw new BatchTooLargeError()
    blocks.push(block)
  })
  stream.push(frame, true)
  return Buffer.concat(blocks, length)
}

/** After the frame header of RFC 8878, section 3.1.1.1. */
function windowSize(frame: Buffer): number {
  if (frame.length < 6 || frame.readUInt32LE(0) !== MAGIC) throw new Error('no zstd frame')
  const descriptor = frame.readUInt8(4)
  if (descriptor & SINGLE_SEGMENT) return contentSize(frame, descriptor)
  const window = frame.readUInt8(5)
  const base = 2 ** (10 + (window >> 3))
  return base + (base / 8) * (window & 7)
}

/** Of a frame that is one segment: its content is its window. */
function contentSize(frame: Buffer, descriptor: number): number {
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  const at = 5 + dictionaryBytes
  switch (descriptor >> 6) {
    case 0:
      return frame.readUInt8(at)
    case 1:
      return frame.readUInt16LE(at) + 256
    case 2:
      return frame.readUInt32LE(at)
    default:
      return Number(frame.readBigUInt64LE(at))
  }
}
