import { parseToken, type Token } from '../../lib/delivery/token'

/**
 * The tokens in what the user points to: a text or a list of texts. Without any, the message's own id,
 * which a Function that returns a new object keeps. Null if neither is a token.
 */
export function tokensOf(value: unknown, messageId: unknown): Token[] | null {
  const named = isMissing(value) ? messageId : value
  const tokens: Token[] = []
  for (const text of Array.isArray(named) ? (named as unknown[]) : [named]) {
    const token = typeof text === 'string' ? parseToken(text) : null
    if (!token) return null
    tokens.push(token)
  }
  return tokens.length > 0 ? tokens : null
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
