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

const DOT = 46
const ZERO = 48

/** The membership of the last parsed token. Most tokens have it, and a shared string is hashed only once. */
let lastMembership = ''

/** The common prefix of all tokens of one assignment. */
export function tokenPrefix(token: Pick<Token, 'membership' | 'shard' | 'assignment'>): string {
  return `${token.membership}.${token.shard}.${token.assignment}.`
}

/** @param prefix see `tokenPrefix` */
export function formatToken(prefix: string, recordNumber: number, attempt: number): string {
  // V8 joins short texts at once, and a longer text when it is read: two parts are faster than five.
  return prefix + `${recordNumber}.${attempt}`
}

/** Names the record of a token, without the attempt. */
export function recordOf(token: Token): string {
  return tokenPrefix(token) + String(token.recordNumber)
}

/** Returns null if the text is not a token. */
export function parseToken(text: string): Token | null {
  const membership = membershipOf(text)
  const numbers: [number, number, number, number] = [0, 0, 0, 0]
  // A regular expression takes a tenth of the time of an ack, and V8 makes `charCodeAt` slower once it reads beyond
  // the end.
  let at = membership.length
  for (let index = 0; index < numbers.length; index++) {
    if (at === text.length || text.charCodeAt(at) !== DOT) return null
    const from = ++at
    let number = 0
    for (; at < text.length; at++) {
      const digit = text.charCodeAt(at) - ZERO
      if (digit < 0 || digit > 9) break
      number = number * 10 + digit
    }
    if (at === from) return null
    numbers[index] = number
  }
  if (at !== text.length || membership === '') return null
  lastMembership = membership
  const [shard, assignment, recordNumber, attempt] = numbers
  return { membership, shard, assignment, recordNumber, attempt }
}

/** The lower-case hexadecimal digits at the beginning. */
function membershipOf(text: string): string {
  let length = lastMembership.length
  if (length < text.length && text.startsWith(lastMembership) && text.charCodeAt(length) === DOT) {
    return lastMembership
  }
  length = 0
  for (; length < text.length; length++) {
    const code = text.charCodeAt(length)
    if (!(code >= 48 && code <= 57) && !(code >= 97 && code <= 102)) break
  }
  return text.slice(0, length)
}
