import type { ErrorCode } from '../../lib/errors'
import type { Problem } from '../../lib/options/problem'
import type { EditorRED } from './editor-red'

declare const RED: EditorRED

/** The catalogue in which the runtime finds its errors; dialogs say the same. */
const RUNTIME = 'node-red-contrib-sls-kafka/sls-kafka-in:sls-kafka-in'

type Params = Readonly<Record<string, string | number>>

/** What an error means and what to do. */
export function errorText(code: ErrorCode, params: Params): string {
  return RED._(`${RUNTIME}.errors.${code}`, params)
}

/** What is wrong with a setting and what would be right. @param value as it is typed */
export function problemText({ field, reason, params }: Problem, value: string): string {
  const name = RED._(`${RUNTIME}.fields.${field}`)
  return RED._(`${RUNTIME}.problems.${reason}`, { value, ...params, field: name })
}
