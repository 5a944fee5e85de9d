/**
 * Names a sent record and its attempt. A message carries the token as plain text, which survives JSON, copies
 * and context. Its parts are keys of existing tables, so no table of tokens is needed.
 */
export interface Token {
  /** Random id of a membership, so that a token of an earlier one never matches. */
  readonly membership: string
  readonly shard: number
  /** Number of the assignment: the membership counts its assigned shards and its seeks. */
  readonly assignment: number
  /** Number of the message's first record; see `Delivery.recordNumber`. */
  readonly recordNumber: number
  /** How often the record was sent, from 1. */
  readonly attempt: number
}

/** The common prefix of all tokens of one assignment. */
export function tokenPrefix(token: Pick<Token, 'membership' | 'shard' | 'assignment'>): string {
  return `${token.membership}.${token.shard}.${token.assignment}`
}

/** @param prefix see `tokenPrefix` */
export function formatToken(prefix: string, recordNumber: number, attempt: number): string {
  return `${prefix}.${recordNumber}.${attempt}`
}

/** Names the record of a token, without the attempt. */
export function recordOf(token: Token): string {
  return `${tokenPrefix(token)}.${token.recordNumber}`
}

/** Returns null if the text is not a token. */
export function parseToken(text: string): Token | null {
  const end = hexLength(text)
  if (end === 0) return null
  const numbers: [number, number, number, number] = [0, 0, 0, 0]
  // A regular expression took a tenth of the time of an ack.
  let at = end
  for (let index = 0; index < numbers.length; index++) {
    if (text[at] !== '.') return null
    const from = ++at
    let number = 0
    for (let digit = digitAt(text, at); digit >= 0; digit = digitAt(text, ++at)) {
      number = number * 10 + digit
    }
    if (at === from) return null
    numbers[index] = number
  }
  if (at !== text.length) return null
  const [shard, assignment, recordNumber, attempt] = numbers
  return { membership: text.slice(0, end), shard, assignment, recordNumber, attempt }
}

/** How many characters at the beginning are lower-case hexadecimal digits. */
function hexLength(text: string): number {
  let length = 0
  for (; length < text.length; length++) {
    const code = text.charCodeAt(length)
    if (!(code >= 48 && code <= 57) && !(code >= 97 && code <= 102)) break
  }
  return length
}

/** Returns the decimal digit at a place, or -1 if there is none. */
function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - 48
  return digit >= 0 && digit <= 9 ? digit : -1
}
