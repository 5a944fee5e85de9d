import { parseToken, type Token } from '../../lib/delivery/token'

/**
 * The tokens in what the user points to: a text or a list of texts. Without any, the message's own id,
 * which a Function that returns a new object keeps. Null if neither is a token.
 */
export function tokensOf(value: unknown, messageId: unknown): Token[] | null {
  const texts: unknown[] = isMissing(value) ? [messageId] : [value].flat()
  const tokens = texts.map((text) => (typeof text === 'string' ? parseToken(text) : null))
  return tokens.length > 0 && tokens.every((token) => token !== null) ? tokens : null
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
