import { BackwardBits } from './bits'
import { MAX_BLOCK_BYTES } from './frames'
import { readHuffmanStream, readHuffmanTable, type HuffmanTable } from './huffman'

const RAW = 0
const REPEATED = 1
const NEW_TABLE = 2
/** The sizes of the first three of four streams. */
const JUMP_TABLE = 6

export interface Literals {
  readonly bytes: Buffer
  /** Where the section ends. */
  readonly at: number
  /** For later blocks that have none of their own. */
  readonly table: HuffmanTable | null
}

/** The literals section of a compressed block, after RFC 8878, section 3.1.1.3.1. */
export function readLiterals(
  bytes: Buffer,
  start: number,
  end: number,
  known: HuffmanTable | null,
): Literals {
  const first = byteAt(bytes, start, end)
  const type = first & 3
  const format = (first >> 2) & 3
  if (type === RAW || type === REPEATED) {
    const header = (format & 1) === 0 ? 1 : format === 1 ? 2 : 3
    const size = numberAt(bytes, start, end, header) >> (header === 1 ? 3 : 4)
    requireBlockSize(size)
    const at = start + header
    if (type === REPEATED) {
      const literals = Buffer.alloc(size, byteAt(bytes, at, end))
      return { bytes: literals, at: at + 1, table: known }
    }
    if (at + size > end) throw new Error('cut off')
    return { bytes: bytes.subarray(at, at + size), at: at + size, table: known }
  }
  const header = format < 2 ? 3 : format + 2
  const sizeBits = format < 2 ? 10 : format === 2 ? 14 : 18
  const numbers = numberAt(bytes, start, end, header)
  const size = Math.floor(numbers / 2 ** 4) % 2 ** sizeBits
  const at = start + header
  const sectionEnd = at + Math.floor(numbers / 2 ** (4 + sizeBits))
  requireBlockSize(size)
  if (sectionEnd > end) throw new Error('cut off')
  const own = type === NEW_TABLE ? readHuffmanTable(bytes, at, sectionEnd) : null
  const table = own?.table ?? known
  if (!table) throw new Error('a table that was not sent')
  const literals = Buffer.allocUnsafe(size)
  const streams = format === 0 ? readOneStream : readFourStreams
  streams(bytes, own?.at ?? at, sectionEnd, table, literals)
  return { bytes: literals, at: sectionEnd, table }
}

type ReadStreams = (
  bytes: Buffer,
  start: number,
  end: number,
  table: HuffmanTable,
  output: Buffer,
) => void

const readOneStream: ReadStreams = (bytes, start, end, table, output) => {
  readHuffmanStream(table, new BackwardBits(bytes, start, end), output)
}

const readFourStreams: ReadStreams = (bytes, start, end, table, output) => {
  if (start + JUMP_TABLE > end) throw new Error('cut off')
  const share = (output.length + 3) >> 2
  if (3 * share > output.length) throw new Error('four streams for too few bytes')
  let at = start + JUMP_TABLE
  for (let stream = 0; stream < 4; stream++) {
    const isLast = stream === 3
    const next = isLast ? end : at + bytes.readUInt16LE(start + 2 * stream)
    if (next > end) throw new Error('cut off')
    const from = stream * share
    const part = output.subarray(from, isLast ? output.length : from + share)
    readHuffmanStream(table, new BackwardBits(bytes, at, next), part)
    at = next
  }
}

function requireBlockSize(size: number): void {
  if (size > MAX_BLOCK_BYTES) throw new Error('a block that is too large')
}

export function byteAt(bytes: Buffer, at: number, end: number): number {
  return numberAt(bytes, at, end, 1)
}

function numberAt(bytes: Buffer, at: number, end: number, size: number): number {
  if (at + size > end) throw new Error('cut off')
  return bytes.readUIntLE(at, size)
}
