import type { ErrorCode, SlsKafkaError } from '../../lib/errors'
import type { Problem } from '../../lib/options/problem'
import type { Translate } from './translate'

/**
 * An error as Node-RED takes it: the log, the debug sidebar and a Catch node show `CODE: text` in the
 * user's language, and Switch nodes find `msg.error.code`. What the client threw is not passed on,
 * because messages are cloned and shown.
 */
export class NodeError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, text: string) {
    super(text)
    this.name = code
    this.code = code
    // Thrown by nobody: a stack would lead to this line.
    this.stack = String(this)
  }
}

/** @param nextTry seconds; null if nothing is waited for */
export function toNodeError(
  error: SlsKafkaError,
  nextTry: number | null,
  translate: Translate,
): NodeError {
  const { code, params } = error
  const { reasonKey, outcome } = params
  const reason = reasonKey && { reason: translate(`sls-kafka-in.reasons.${reasonKey}`) }
  const text = translate(`sls-kafka-in.errors.${code}`, { ...params, ...reason })
  const then = outcome ? translate(`sls-kafka-in.outcomes.${outcome}`) : ''
  const next = nextTry === null ? '' : translate('sls-kafka-in.next-try', { seconds: nextTry })
  return new NodeError(code, text + then + next)
}

export function configError(problems: readonly Problem[], translate: Translate): NodeError {
  const list = problems.map((problem) => problemText(problem, translate)).join(' ')
  return new NodeError('SLS_CONFIG_INVALID', list)
}

/** What is wrong with a setting and what would be right, in one sentence. */
export function problemText({ field, reason, params }: Problem, translate: Translate): string {
  const name = translate(`sls-kafka-in.fields.${field}`)
  return translate(`sls-kafka-in.problems.${reason}`, { ...params, field: name })
}
