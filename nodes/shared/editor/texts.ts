import type { ErrorCode, ErrorParams } from '../../../lib/errors'
import type { Problem } from '../../../lib/config/problem'
import type { EditorRED } from './editor-red'
import { errorSentences, problemSentence, regionSentence } from '../../../lib/error-texts'
import { inCatalogueOf, translator } from '../../../lib/translate'

declare const RED: EditorRED

/** The catalogue of the runtime's error texts, which the dialogs show as well. */
export const RUNTIME_TEXTS = 'node-red-contrib-sls-kafka/sls-kafka-in:sls-kafka-in'

const runtimeText = inCatalogueOf(
  RUNTIME_TEXTS,
  translator((key, values) => RED._(key, values)),
)

/** The text of an error: its meaning and the action to take. */
export function errorText(code: ErrorCode, params: ErrorParams): string {
  return errorSentences({ code, params }, runtimeText)
}

/** The text of a problem of a setting. @param value the typed value, if the problem has none */
export function problemText({ params, ...problem }: Problem, value = ''): string {
  return problemSentence({ ...problem, params: { value, ...params } }, runtimeText)
}

/** Suggests a region if a host has a misspelt one, else an empty text. @param host a complete or partial host */
export function regionText(host: string): string {
  return regionSentence(host, runtimeText).trim()
}
