import type { ErrorCode, ErrorParams } from './errors'
import type { Problem } from './config/problem'
import { isIntranet } from './sls/endpoint'
import { misspeltRegion } from './sls/regions'
import type { Translate } from './translate'

// Runtime, dialogs and monitor share these functions. Each passes its own `translate`, which finds keys below the
// name of a node in the catalogue of that node.

/** The text of an error: its meaning, the action to take, and the outcome for the record. */
export function errorSentences(
  { code, params }: { readonly code: ErrorCode; readonly params: ErrorParams },
  translate: Translate,
): string {
  const { reasonKey, outcome, expected } = params
  const reason = reasonKey && { reason: translate(`reasons.${reasonKey}`) }
  const then = outcome ? translate(`outcomes.${outcome}`) : ''
  const names = expected !== undefined && { detail: translate('details.other-name', params) }
  const hint = addressHint(code, String(params['host'] ?? ''), translate)
  return translate(`errors.${code}`, { ...params, ...reason, ...names }) + hint + then
}

function addressHint(code: ErrorCode, host: string, translate: Translate): string {
  if (code === 'SLS_HOST_NOT_FOUND') return regionSentence(host, translate)
  if (code === 'SLS_UNREACHABLE' && isIntranet(host)) return translate('hints.intranet')
  return ''
}

/** Suggests a region if a host has a misspelt one, else an empty text. @param host a complete or partial host */
export function regionSentence(host: string, translate: Translate): string {
  const found = misspeltRegion(host)
  return found ? translate('hints.region', { ...found }) : ''
}

/** The text of a problem of a setting. */
export function problemSentence({ field, reason, params }: Problem, translate: Translate): string {
  return translate(`problems.${reason}`, { ...params, field: translate(`fields.${field}`) })
}
