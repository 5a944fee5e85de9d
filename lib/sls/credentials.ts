/** An AccessKey of Alibaba Cloud, preferably of a RAM user. */
export interface AccessKey {
  readonly id: string
  readonly secret: string
}

/** Names of the environment variables in Alibaba's own Kafka examples. */
export const ACCESS_KEY_ID_VARIABLE = 'SLS_ACCESS_KEY_ID'
export const ACCESS_KEY_SECRET_VARIABLE = 'SLS_ACCESS_KEY_SECRET'

/**
 * The typed AccessKey, else the pair in the environment, else null. All or nothing: a typed id is
 * never combined with a secret of the environment. White space around either is no part of it: a file
 * that a variable is read from often ends with a newline.
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

/** No AccessKey begins or ends with a quotation mark. */
export function isQuoted(text: string): boolean {
  return /^["'“”‘’]|["'“”‘’]$/.test(text)
}

/** SLS takes the AccessKey as the password of SASL PLAIN in this form; the username is the project. */
export function saslPassword(key: AccessKey): string {
  return `${key.id}#${key.secret}`
}

/** `LTAI****9xQ`: enough to recognise a key, too little to use it. Secrets are never shown at all. */
export function maskAccessKeyId(id: string): string {
  return id.length <= 8 ? '****' : `${id.slice(0, 4)}****${id.slice(-3)}`
}
