import { ForwardBits, highestBit, type BackwardBits } from './bits'

/** A table of finite state entropy (RFC 8878, section 4.1): per state a symbol and the way to the next. */
export interface FseTable {
  readonly accuracy: number
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
  readonly base: Uint16Array
}

const LEAST_ACCURACY = 5
/** The probability of a symbol that has one state and is less likely than that. */
const LESS_THAN_ONE = -1

/**
 * Reads a description of probabilities.
 *
 * @param symbols how many the table may have
 * @returns the table, and where the next byte stands
 */
export function readFseTable(
  bytes: Buffer,
  start: number,
  end: number,
  limits: { readonly accuracy: number; readonly symbols: number },
): { table: FseTable; at: number } {
  const bits = new ForwardBits(bytes, start, end)
  const accuracy = bits.read(4) + LEAST_ACCURACY
  if (accuracy > limits.accuracy) throw new Error('a table that is too large')
  const probabilities: number[] = []
  for (let left = 1 << accuracy; left > 0;) {
    const probability = readProbability(bits, left)
    probabilities.push(probability)
    left -= Math.abs(probability)
    if (probability === 0) {
      for (let more = 3; more === 3;) {
        more = bits.read(2)
        for (let count = 0; count < more; count++) probabilities.push(0)
        if (probabilities.length > limits.symbols) break
      }
    }
    if (left < 0 || probabilities.length > limits.symbols) throw new Error('a table of nonsense')
  }
  return { table: fseTable(probabilities, accuracy), at: bits.at }
}

/** The smaller values take a bit less than the others. */
function readProbability(bits: ForwardBits, left: number): number {
  const count = highestBit(left + 1) + 1
  const value = bits.read(count)
  const small = value & ((1 << (count - 1)) - 1)
  const threshold = (1 << count) - 1 - (left + 1)
  if (small < threshold) {
    bits.back()
    return small - 1
  }
  return (value >= 1 << (count - 1) ? value - threshold : value) - 1
}

/** @param probabilities by symbol; they add up to the number of states */
export function fseTable(probabilities: readonly number[], accuracy: number): FseTable {
  const size = 1 << accuracy
  const symbols = new Uint8Array(size)
  let high = size
  for (const [symbol, probability] of probabilities.entries()) {
    if (probability === LESS_THAN_ONE) symbols[--high] = symbol
  }
  const step = (size >> 1) + (size >> 3) + 3
  let at = 0
  for (const [symbol, probability] of probabilities.entries()) {
    for (let count = 0; count < probability; count++) {
      symbols[at] = symbol
      do at = (at + step) & (size - 1)
      while (at >= high)
    }
  }
  const next = probabilities.map((probability) => Math.abs(probability))
  const bits = new Uint8Array(size)
  const base = new Uint16Array(size)
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state] ?? 0
    const count = next[symbol] ?? 0
    next[symbol] = count + 1
    const width = accuracy - highestBit(count)
    bits[state] = width
    base[state] = (count << width) - size
  }
  return { accuracy, symbols, bits, base }
}

/** Always the same symbol. */
export function constantTable(symbol: number): FseTable {
  return {
    accuracy: 0,
    symbols: Uint8Array.of(symbol),
    bits: Uint8Array.of(0),
    base: Uint16Array.of(0),
  }
}

export class FseState {
  readonly #table: FseTable
  readonly #stream: BackwardBits
  #state: number

  constructor(table: FseTable, stream: BackwardBits) {
    this.#table = table
    this.#stream = stream
    this.#state = stream.read(table.accuracy)
  }

  get symbol(): number {
    return this.#table.symbols[this.#state] ?? 0
  }

  advance(): void {
    const { base, bits } = this.#table
    this.#state = (base[this.#state] ?? 0) + this.#stream.read(bits[this.#state] ?? 0)
  }
}
