import { causesOf, marksOf, reasonOf } from '../errors'
import { maskAccessKeyId, type AccessKey } from '../sls/credentials'
import type { MissingFinding } from './report'

const NOT_ALLOWED = 'AUTHORIZATION_FAILED'

/** The name of an error: Kafka's name if there is one, else the code of Node.js or the name of the client. */
export function codeOf(error: unknown): string {
  const causes = causesOf(error) as { readonly type?: unknown; readonly code?: unknown }[]
  const names = [...causes.map(({ type }) => type), ...causes.map(({ code }) => code)]
  const known = names.find((name) => typeof name === 'string')
  return known ?? marksOf(error)[0] ?? 'Error'
}

/** Turns the error of a check into a finding. @param redact removes secrets from a text */
export function missingFinding(error: unknown, redact: (text: string) => string): MissingFinding {
  const code = codeOf(error)
  if (code.endsWith(NOT_ALLOWED)) return { result: 'refused', error: code }
  return { result: 'failed', error: code, detail: redact(reasonOf(causesOf(error).at(-1))) }
}

/** Creates a function that removes an AccessKey from texts. Error messages can repeat the data of a request. */
export function redactorOf({ id, secret }: AccessKey): (text: string) => string {
  return (text) => text.replaceAll(secret, '****').replaceAll(id, maskAccessKeyId(id))
}
