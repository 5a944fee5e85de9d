/** An AccessKey of Alibaba Cloud, preferably of a RAM user. */
export interface AccessKey {
  readonly id: string
  readonly secret: string
}

/** Names of the environment variables in Alibaba's own Kafka examples. */
export const ACCESS_KEY_ID_VARIABLE = 'SLS_ACCESS_KEY_ID'
export const ACCESS_KEY_SECRET_VARIABLE = 'SLS_ACCESS_KEY_SECRET'

/**
 * Chooses the typed AccessKey, else the pair in the environment, else null. A typed id is never combined with a
 * secret of the environment. White space is trimmed, because a file that fills a variable often ends with a newline.
 */
export function chooseAccessKey(
  typed: { id: string; secret: string },
  environment: Readonly<Record<string, string | undefined>>,
): AccessKey | null {
  if (typed.id || typed.secret) return complete(typed.id, typed.secret)
  return complete(
    environment[ACCESS_KEY_ID_VARIABLE] ?? '',
    environment[ACCESS_KEY_SECRET_VARIABLE] ?? '',
  )
}

function complete(rawId: string, rawSecret: string): AccessKey | null {
  const [id, secret] = [rawId.trim(), rawSecret.trim()]
  return id && secret ? { id, secret } : null
}

/** Whether a text begins or ends with a quotation mark, which is no part of an AccessKey. */
export function isQuoted(text: string): boolean {
  return /^["'“”‘’]|["'“”‘’]$/.test(text)
}

/** The password for SASL PLAIN in the form that SLS requires. The username is the project. */
export function saslPassword(key: AccessKey): string {
  return `${key.id}#${key.secret}`
}

/** Masks an AccessKey id so that users recognise it: `LTAI****9xQ`. Secrets are never shown. */
export function maskAccessKeyId(id: string): string {
  return id.length <= 8 ? '****' : `${id.slice(0, 4)}****${id.slice(-3)}`
}
