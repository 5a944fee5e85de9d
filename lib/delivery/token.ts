/**
 * Names a record that was sent, and the attempt. A message carries it as plain text, which survives JSON,
 * copies and context. The parts are keys of the tables where the record is found, so that no table of
 * tokens is kept.
 */
export interface Token {
  /** Random id of a membership, so that a token of an earlier one never matches. */
  readonly membership: string
  readonly shard: number
  /** Counts the times that the membership was given a shard or moved its position. */
  readonly assignment: number
  /** Of the first record of the message, among all that were sent since; see `Delivery.position`. */
  readonly position: number
  /** How often the record was sent, from 1. */
  readonly attempt: number
}

const FORM = /^([0-9a-f]+)\.(\d+)\.(\d+)\.(\d+)\.(\d+)$/

export function formatToken(token: Token): string {
  return `${recordOf(token)}.${token.attempt}`
}

/** Names the record of a token, whatever the attempt. */
export function recordOf({ membership, shard, assignment, position }: Token): string {
  return `${membership}.${shard}.${assignment}.${position}`
}

/** Returns null if the text is not a token. */
export function parseToken(text: string): Token | null {
  const match = FORM.exec(text)
  if (!match) return null
  const [, membership = '', shard, assignment, position, attempt] = match
  return {
    membership,
    shard: Number(shard),
    assignment: Number(assignment),
    position: Number(position),
    attempt: Number(attempt),
  }
}
