/**
 * What a message carries so that it can be acknowledged: plain text, which survives JSON, copies and
 * context. It names the record by where it is, so that no table of tokens is kept.
 */
export interface Token {
  /** Random, so that a token from a former life of the consumer never matches. */
  readonly incarnation: string
  readonly shard: number
  /** Which of the shard's assignments. */
  readonly epoch: number
  readonly offset: string
  readonly attempt: number
}

const FORM = /^([0-9a-f]+)\.(\d+)\.(\d+)\.(\d+)\.(\d+)$/

export function formatToken(token: Token): string {
  return `${recordOf(token)}.${token.attempt}`
}

/** Which record it is, whatever the attempt. */
export function recordOf({ incarnation, shard, epoch, offset }: Omit<Token, 'attempt'>): string {
  return `${incarnation}.${shard}.${epoch}.${offset}`
}

/** Null if the text is no token. */
export function parseToken(text: string): Token | null {
  const match = FORM.exec(text)
  if (!match) return null
  const [, incarnation = '', shard, epoch, offset = '', attempt] = match
  return {
    incarnation,
    shard: Number(shard),
    epoch: Number(epoch),
    offset,
    attempt: Number(attempt),
  }
}
