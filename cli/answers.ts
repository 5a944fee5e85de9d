import { causesOf, marksOf, reasonOf } from '../lib/errors'
import { maskAccessKeyId, type AccessKey } from '../lib/sls/credentials'
import type { Unanswered } from './report'

const NOT_ALLOWED = 'AUTHORIZATION_FAILED'

/** The shortest name of an error: Kafka's own if it has one, else that of Node.js or of the client. */
export function codeOf(error: unknown): string {
  const causes = causesOf(error) as { readonly type?: unknown; readonly code?: unknown }[]
  const names = [...causes.map(({ type }) => type), ...causes.map(({ code }) => code)]
  const known = names.find((name) => typeof name === 'string')
  return known ?? marksOf(error)[0] ?? 'Error'
}

/** An error as the answer to a question. @param redact takes secrets out of a text */
export function unanswered(error: unknown, redact: (text: string) => string): Unanswered {
  const code = codeOf(error)
  if (code.endsWith(NOT_ALLOWED)) return { result: 'refused', error: code }
  return { result: 'failed', error: code, detail: redact(reasonOf(causesOf(error).at(-1))) }
}

/** Takes an AccessKey out of texts that come from outside: they may repeat what they were sent. */
export function redactorOf({ id, secret }: AccessKey): (text: string) => string {
  return (text) => text.replaceAll(secret, '****').replaceAll(id, maskAccessKeyId(id))
}
