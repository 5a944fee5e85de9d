import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { nextTurn } from '../../../event-loop'
import {
  BatchTooLargeError,
  BYTES_PER_TURN,
  MAX_BATCH_BYTES,
  MAX_SYNC_INPUT,
  MAX_SYNC_OUTPUT,
} from '../limits'
import { OutputBuffer } from '../output-buffer'
import { blockAt, BlockType, frameAt, framesOf, type FrameSpan } from './frames'
import type { HuffmanTable } from './huffman'
import { readLiterals } from './literals'
import { newSequenceState, writeSequences } from './sequences'

interface NativeOptions {
  readonly maxOutputLength: number
  readonly chunkSize: number
}

/**
 * `zlib.zstdDecompress` of Node.js 22.15 and later. It reads no further than one frame.
 *
 * @param isSmall not worth a thread
 */
type NativeZstd = (
  frame: Buffer,
  options: NativeOptions,
  isSmall: boolean,
) => Buffer | Promise<Buffer>

export interface ZstdOptions {
  /** In bytes; default that of a batch. */
  readonly limit?: number
  /** Null to do without. */
  readonly native?: NativeZstd | null
}

/** Kafka's clients write one frame. A native call for each of a million tiny ones would take a minute. */
const MOST_NATIVE_FRAMES = 64
const SMALLEST_CHUNK = 64 * 1024
/** Blocks of hardly any content cost their tables. */
const BLOCKS_PER_TURN = 64

const builtIn = nativeZstd()

/** All frames of the bytes, of which each is checked before any is decompressed. */
export async function decompressZstd(
  bytes: Buffer,
  { limit = MAX_BATCH_BYTES, native = builtIn }: ZstdOptions = {},
): Promise<Buffer> {
  const frames = framesOf(bytes, limit)
  if (!native || frames.length > MOST_NATIVE_FRAMES) return decompressInJs(bytes, frames, limit)
  const parts: Buffer[] = []
  let left = limit
  for (const { start, end, contentBytes } of frames) {
    const chunkSize = Math.max(SMALLEST_CHUNK, (contentBytes ?? 0) + 1)
    const isSmall = end - start <= MAX_SYNC_INPUT && (contentBytes ?? Infinity) <= MAX_SYNC_OUTPUT
    const options = { maxOutputLength: left, chunkSize }
    const part = await native(bytes.subarray(start, end), options, isSmall)
    requireLength(part.length, contentBytes)
    left -= part.length
    if (left < 0) throw new BatchTooLargeError(limit)
    parts.push(part)
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
}

/** Written here after RFC 8878, because fzstd ends neither on every input nor within its output. */
async function decompressInJs(
  bytes: Buffer,
  frames: readonly FrameSpan[],
  limit: number,
): Promise<Buffer> {
  const expected = frames.reduce((sum, { contentBytes }) => sum + (contentBytes ?? 0), 0)
  // What is announced need not come: memory follows what does.
  const output = new OutputBuffer(Math.min(expected, 4 * bytes.length), limit)
  let turnAt = BYTES_PER_TURN
  let blocks = 0
  for (const { start, contentBytes } of frames) {
    const frame = new FrameDecoder(bytes, start, output)
    for (let isOver = false; !isOver;) {
      isOver = frame.decodeBlock()
      if (++blocks % BLOCKS_PER_TURN !== 0 && output.length < turnAt) continue
      turnAt = output.length + BYTES_PER_TURN
      await nextTurn()
    }
    requireLength(frame.length, contentBytes)
  }
  return output.bytes
}

class FrameDecoder {
  readonly #bytes: Buffer
  readonly #frame
  readonly #output: OutputBuffer
  readonly #start: number
  readonly #state = newSequenceState()
  #table: HuffmanTable | null = null
  #at: number

  constructor(bytes: Buffer, start: number, output: OutputBuffer) {
    this.#bytes = bytes
    this.#frame = frameAt(bytes, start)
    this.#at = this.#frame.blocksAt
    this.#output = output
    this.#start = output.length
  }

  /** Bytes of content so far. */
  get length(): number {
    return this.#output.length - this.#start
  }

  /** @returns whether it was the last one */
  decodeBlock(): boolean {
    const bytes = this.#bytes
    const output = this.#output
    const { type, at, end, isLast, bytes: size } = blockAt(bytes, this.#at, this.#frame)
    if (type === BlockType.RAW) output.append(bytes, at, size)
    else if (type === BlockType.REPEATED) output.fill(bytes[at] ?? 0, size)
    else {
      const literals = readLiterals(bytes, at, end, this.#table)
      this.#table = literals.table
      const context = { state: this.#state, frameStart: this.#start }
      writeSequences(bytes, literals.at, end, literals.bytes, output, context)
    }
    this.#at = end
    return isLast
  }
}

function requireLength(length: number, announced: number | null): void {
  if (announced !== null && announced !== length) {
    throw new Error('holds another length than it announces')
  }
}

function nativeZstd(): NativeZstd | null {
  const { zstdDecompress, zstdDecompressSync } = zlib as {
    zstdDecompress?: Parameters<typeof promisify>[0]
    zstdDecompressSync?: (frame: Buffer, options: object) => Buffer
  }
  if (!zstdDecompress || !zstdDecompressSync) return null
  const decompress = promisify(zstdDecompress) as unknown as (
    frame: Buffer,
    options: object,
  ) => Promise<Buffer>
  return (frame, options, isSmall) =>
    isSmall ? zstdDecompressSync(frame, options) : decompress(frame, options)
}
