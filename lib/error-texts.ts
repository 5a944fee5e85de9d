import type { ErrorCode, ErrorParams } from './errors'
import type { Problem } from './config/problem'
import { isIntranet } from './sls/endpoint'
import type { Translate } from './translate'

// Runtime, dialogs and monitor share these functions. Each passes its own `translate`, which finds keys below the
// name of a node in the catalogue of that node.

/** The text of an error: its meaning, the action to take, and the outcome for the record. */
export function errorSentences(
  { code, params }: { readonly code: ErrorCode; readonly params: ErrorParams },
  translate: Translate,
): string {
  const { reasonKey, outcome, right, expected, host = '' } = params
  const reason = reasonKey && { reason: translate(`reasons.${reasonKey}`) }
  const then = outcome ? translate(`outcomes.${outcome}`) : ''
  const names = expected !== undefined && { detail: translate('details.other-name', params) }
  const regionHint = right === undefined ? '' : translate('hints.region', params)
  const isInside = code === 'SLS_UNREACHABLE' && isIntranet(String(host))
  const hint = isInside ? translate('hints.intranet') : regionHint
  return translate(`errors.${code}`, { ...params, ...reason, ...names }) + hint + then
}

/** The text of a problem of a setting. */
export function problemSentence({ field, reason, params }: Problem, translate: Translate): string {
  return translate(`problems.${reason}`, { ...params, field: translate(`fields.${field}`) })
}
