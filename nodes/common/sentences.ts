import type { ErrorCode, ErrorParams } from '../../lib/errors'
import type { Problem } from '../../lib/config/problem'
import type { Translate } from './translate'

// Runtime, dialogs and monitor say the same, each in its own language: they differ in `translate`, which
// looks up in the catalogue of a node whatever is below the node's name.

/** What went wrong, what to do, and what came of the record. */
export function errorSentences(
  { code, params }: { readonly code: ErrorCode; readonly params: ErrorParams },
  translate: Translate,
): string {
  const { reasonKey, outcome, right } = params
  const reason = reasonKey && { reason: translate(`reasons.${reasonKey}`) }
  const then = outcome ? translate(`outcomes.${outcome}`) : ''
  const hint = right === undefined ? '' : translate('hints.region', params)
  return translate(`errors.${code}`, { ...params, ...reason }) + hint + then
}

/** What is wrong with a setting and what would be right. */
export function problemSentence({ field, reason, params }: Problem, translate: Translate): string {
  return translate(`problems.${reason}`, { ...params, field: translate(`fields.${field}`) })
}
