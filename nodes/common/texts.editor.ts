import type { ErrorCode, ErrorParams } from '../../lib/errors'
import type { Problem } from '../../lib/config/problem'
import { regionHint } from '../../lib/sls/regions'
import type { EditorRED } from './editor-red'
import { errorSentences, problemSentence } from './sentences'
import { inCatalogueOf, translator } from './translate'

declare const RED: EditorRED

/** The catalogue in which the runtime finds its errors; dialogs say the same. */
const RUNTIME = 'node-red-contrib-sls-kafka/sls-kafka-in:sls-kafka-in'

const ofRuntime = inCatalogueOf(
  RUNTIME,
  translator((key, values) => RED._(key, values)),
)

/** What an error means and what to do. */
export function errorText(code: ErrorCode, params: ErrorParams): string {
  return errorSentences({ code, params }, ofRuntime)
}

/** What is wrong with a setting and what would be right. @param value as it is typed */
export function problemText({ params, ...problem }: Problem, value = ''): string {
  return problemSentence({ ...problem, params: { value, ...params } }, ofRuntime)
}

/** Asks whether another region was meant, or empty. @param host of an endpoint, or what is typed of it */
export function regionText(host: string): string {
  const hint = regionHint(host)
  return 'right' in hint ? ofRuntime('hints.region', hint).trim() : ''
}
