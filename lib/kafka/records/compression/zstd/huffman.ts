import { BackwardBits, highestBit } from './bits'
import { FseState, readFseTable } from './fse'

/** What each sequence of `width` bits begins with: a symbol, and how many of the bits are its own. */
export interface HuffmanTable {
  readonly width: number
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
}

const LONGEST_CODE = 11
const MOST_WEIGHTS = 255
/** From here on the weights stand as they are, two to a byte. */
const DIRECT = 128
const WEIGHTS_ACCURACY = 6

/** After RFC 8878, section 4.2.1. @returns the table, and where the next byte stands */
export function readHuffmanTable(
  bytes: Buffer,
  start: number,
  end: number,
): { table: HuffmanTable; at: number } {
  const header = start < end ? (bytes[start] ?? 0) : 0
  const at = start + 1
  const isDirect = header >= DIRECT
  const size = isDirect ? (header - DIRECT + 2) >> 1 : header
  if (at + size > end) throw new Error('cut off')
  const weights = isDirect
    ? directWeights(bytes, at, header - DIRECT + 1)
    : packedWeights(bytes, at, at + size)
  return { table: huffmanTable(weights), at: at + size }
}

function directWeights(bytes: Buffer, at: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const pair = bytes[at + (index >> 1)] ?? 0
    return index % 2 === 0 ? pair >> 4 : pair & 15
  })
}

/** Two states take turns; each gives one more weight when the bits are used up. */
function packedWeights(bytes: Buffer, start: number, end: number): number[] {
  const limits = { accuracy: WEIGHTS_ACCURACY, symbols: MOST_WEIGHTS + 1 }
  const { table, at } = readFseTable(bytes, start, end, limits)
  const stream = new BackwardBits(bytes, at, end)
  let one = new FseState(table, stream)
  let other = new FseState(table, stream)
  if (stream.left < 0) throw new Error('cut off')
  const weights: number[] = []
  while (weights.length < MOST_WEIGHTS) {
    weights.push(one.symbol)
    one.advance()
    if (stream.left < 0) {
      weights.push(other.symbol)
      break
    }
    ;[one, other] = [other, one]
  }
  // A table of one symbol takes no bits: it would go on forever.
  if (stream.left >= 0 || weights.length > MOST_WEIGHTS) throw new Error('a table of nonsense')
  return weights
}

/** @param weights of all symbols but the last one, whose weight fills up what they leave */
function huffmanTable(weights: number[]): HuffmanTable {
  const sum = weights.reduce((total, weight) => total + (weight > 0 ? 2 ** (weight - 1) : 0), 0)
  const width = highestBit(sum) + 1
  const rest = 2 ** width - sum
  const isPower = rest > 0 && (rest & (rest - 1)) === 0
  if (sum === 0 || width > LONGEST_CODE || !isPower) throw new Error('a table of nonsense')
  const all = [...weights, highestBit(rest) + 1]
  const symbols = new Uint8Array(2 ** width)
  const bits = new Uint8Array(2 ** width)
  let at = 0
  for (let weight = 1; weight <= width; weight++) {
    for (const [symbol, own] of all.entries()) {
      if (own !== weight) continue
      const end = at + 2 ** (weight - 1)
      symbols.fill(symbol, at, end)
      bits.fill(width + 1 - weight, at, end)
      at = end
    }
  }
  return { width, symbols, bits }
}

/** Fills the whole of `output`, with exactly what the stream holds. */
export function readHuffmanStream(
  { width, symbols, bits }: HuffmanTable,
  stream: BackwardBits,
  output: Buffer,
): void {
  for (let at = 0; at < output.length; at++) {
    const next = stream.peek(width)
    output[at] = symbols[next] ?? 0
    stream.left -= bits[next] ?? 0
    if (stream.left < 0) throw new Error('cut off')
  }
  if (stream.left !== 0) throw new Error('holds more than it announces')
}
