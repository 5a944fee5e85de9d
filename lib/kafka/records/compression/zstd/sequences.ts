import type { OutputBuffer } from '../output-buffer'
import { BackwardBits } from './bits'
import { MAX_BLOCK_BYTES } from './frames'
import { constantTable, fseTable, FseState, readFseTable, type FseTable } from './fse'
import { byteAt } from './literals'

/** What a code stands for: its base, and as many further bits. */
interface Codes {
  readonly base: readonly number[]
  readonly bits: readonly number[]
}

/** One of the three kinds of codes of which a sequence is made. */
interface Kind {
  readonly accuracy: number
  readonly symbols: number
  readonly predefined: FseTable
}

/** Tables of the last block and distances of the last matches, which later blocks of a frame refer to. */
export interface SequenceState {
  readonly tables: (FseTable | null)[]
  readonly distances: [number, number, number]
}

export const newSequenceState = (): SequenceState => ({
  tables: [null, null, null],
  distances: [1, 4, 8],
})

const LITERALS = 0
const OFFSETS = 1
const MATCHES = 2

const LITERAL_CODES = codes(0, [
  ...Array<number>(16).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
])
const SHORTEST_MATCH = 3
const MATCH_CODES = codes(SHORTEST_MATCH, [
  ...Array<number>(32).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
])
/** 128 MiB, the largest window. */
const LARGEST_OFFSET_CODE = 27

/** The tables of RFC 8878, section 3.1.1.3.2.2, in the order in which a block has its own. */
const KINDS: readonly Kind[] = [
  {
    accuracy: 9,
    symbols: 36,
    predefined: fseTable(
      [
        ...[4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2],
        ...[1, 1, 1, 1, 1, -1, -1, -1, -1],
      ],
      6,
    ),
  },
  {
    accuracy: 8,
    symbols: 32,
    predefined: fseTable(
      [
        ...[1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        ...[-1, -1, -1, -1, -1],
      ],
      5,
    ),
  },
  {
    accuracy: 9,
    symbols: 53,
    predefined: fseTable(
      [1, 4, 3, 2, 2, 2, 2, 2, 2, ...Array<number>(37).fill(1), ...Array<number>(7).fill(-1)],
      6,
    ),
  },
]

/** The sequences section of a compressed block, carried out (RFC 8878, section 3.1.1.3.2). */
export function writeSequences(
  bytes: Buffer,
  start: number,
  end: number,
  literals: Buffer,
  output: OutputBuffer,
  { state, frameStart }: { readonly state: SequenceState; readonly frameStart: number },
): void {
  const blockEnd = output.length + MAX_BLOCK_BYTES
  const { count, at } = sequenceCount(bytes, start, end)
  let used = 0
  if (count > 0) {
    const [literalTable, offsetTable, matchTable, streamAt] = readTables(bytes, at, end, state)
    const stream = new BackwardBits(bytes, streamAt, end)
    const literalState = new FseState(literalTable, stream)
    const offsetState = new FseState(offsetTable, stream)
    const matchState = new FseState(matchTable, stream)
    for (let left = count; left > 0; left--) {
      const offsetCode = offsetState.symbol
      if (offsetCode > LARGEST_OFFSET_CODE) throw new Error('a distance beyond every window')
      const offset = 2 ** offsetCode + stream.read(offsetCode)
      const match = valueOf(MATCH_CODES, matchState.symbol, stream)
      const literal = valueOf(LITERAL_CODES, literalState.symbol, stream)
      if (output.length + literal + match > blockEnd) throw new Error('a block that is too large')
      output.append(literals, used, literal)
      used += literal
      const distance = distanceOf(offset, literal === 0, state.distances)
      if (distance > output.length - frameStart) throw new Error('refers to before its beginning')
      output.repeat(distance, match)
      if (left > 1) {
        literalState.advance()
        matchState.advance()
        offsetState.advance()
      }
      if (stream.left < 0) throw new Error('cut off')
    }
    if (stream.left !== 0) throw new Error('holds more than it announces')
  } else if (at !== end) throw new Error('holds more than it announces')
  if (output.length + literals.length - used > blockEnd)
    throw new Error('a block that is too large')
  output.append(literals, used, literals.length - used)
}

function sequenceCount(bytes: Buffer, at: number, end: number): { count: number; at: number } {
  const first = byteAt(bytes, at, end)
  if (first < 128) return { count: first, at: at + 1 }
  const second = byteAt(bytes, at + 1, end)
  if (first < 255) return { count: ((first - 128) << 8) + second, at: at + 2 }
  return { count: second + (byteAt(bytes, at + 2, end) << 8) + 0x7f00, at: at + 3 }
}

function readTables(
  bytes: Buffer,
  start: number,
  end: number,
  { tables }: SequenceState,
): [FseTable, FseTable, FseTable, number] {
  const modes = byteAt(bytes, start, end)
  if (modes & 3) throw new Error('modes that are not known')
  let at = start + 1
  const read = (index: number): FseTable => {
    const kind = KINDS[index]
    if (!kind) throw new Error('no such table')
    const table = tableOf((modes >> (6 - 2 * index)) & 3, kind, tables[index] ?? null)
    tables[index] = table
    return table
  }
  const tableOf = (mode: number, kind: Kind, last: FseTable | null): FseTable => {
    if (mode === 0) return kind.predefined
    if (mode === 1) {
      const symbol = byteAt(bytes, at++, end)
      if (symbol >= kind.symbols) throw new Error('a code that is not known')
      return constantTable(symbol)
    }
    if (mode === 2) {
      const read = readFseTable(bytes, at, end, kind)
      at = read.at
      return read.table
    }
    if (!last) throw new Error('a table that was not sent')
    return last
  }
  return [read(LITERALS), read(OFFSETS), read(MATCHES), at]
}

/** One of the last three distances, or a new one, which becomes the last. */
function distanceOf(
  offset: number,
  hasNoLiterals: boolean,
  last: SequenceState['distances'],
): number {
  const index = offset > 3 ? 3 : offset - 1 + (hasNoLiterals ? 1 : 0)
  if (index === 0) return last[0]
  const distance =
    offset > 3 ? offset - 3 : index === 1 ? last[1] : index === 2 ? last[2] : last[0] - 1
  if (distance <= 0) throw new Error('refers to before its beginning')
  if (index > 1) last[2] = last[1]
  last[1] = last[0]
  last[0] = distance
  return distance
}

function valueOf({ base, bits }: Codes, code: number, stream: BackwardBits): number {
  return (base[code] ?? 0) + stream.read(bits[code] ?? 0)
}

function codes(first: number, bits: readonly number[]): Codes {
  let next = first
  const base = bits.map((count) => {
    const own = next
    next += 2 ** count
    return own
  })
  return { base, bits }
}
