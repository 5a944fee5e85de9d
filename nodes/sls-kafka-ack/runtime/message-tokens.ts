import { parseToken, type Token } from '../../../lib/delivery/token'
import type { AckSettings } from '../settings'

/** `kafka.token` or `msg.kafka.token`: names joined by dots, without brackets and array indexes. */
const PLAIN_PATH = /^(?:msg\.)?([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)$/

/**
 * Parses the tokens of a message; null if there is none. If `value` is missing, the id of the message is tried: a
 * Function node that returns a new object keeps the id.
 *
 * @param value the configured property: a token or a list of tokens
 */
export function tokensOf(value: unknown, messageId: unknown): Token[] | null {
  const named = isMissing(value) ? messageId : value
  if (!Array.isArray(named)) {
    const token = typeof named === 'string' ? parseToken(named) : null
    return token && [token]
  }
  const tokens: Token[] = []
  for (const text of named as unknown[]) {
    const token = typeof text === 'string' ? parseToken(text) : null
    if (!token) return null
    tokens.push(token)
  }
  return tokens.length > 0 ? tokens : null
}

/**
 * The names in a simple message property, from the message down; null for any other setting. Node-RED's
 * `evaluateNodeProperty` parses the property for each message, which took a third of the time of an ack.
 */
export function plainPath({ token, tokenType }: AckSettings): readonly string[] | null {
  const names = tokenType === 'msg' ? PLAIN_PATH.exec(token)?.[1] : undefined
  return names?.split('.') ?? null
}

/** The value at a path; undefined if any part of the path is missing. */
export function valueAt(message: unknown, path: readonly string[]): unknown {
  let value = message
  for (const name of path) {
    if (value === undefined || value === null) return undefined
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return value
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
