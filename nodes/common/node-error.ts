import type { ErrorCode, SlsKafkaError } from '../../lib/errors'
import type { Problem } from '../../lib/config/problem'
import { errorSentences, problemSentence } from './sentences'
import { inCatalogueOf, type Translate } from './translate'

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
  const ofReader = inCatalogueOf('sls-kafka-in', translate)
  const next = nextTry === null ? '' : ofReader('next-try', { seconds: nextTry })
  return new NodeError(error.code, errorSentences(error, ofReader) + next)
}

/** @param node whose catalogue has the texts */
export function configError(
  problems: readonly Problem[],
  translate: Translate,
  node = 'sls-kafka-in',
): NodeError {
  const list = problems.map((problem) => problemText(problem, translate, node)).join(' ')
  return new NodeError('SLS_CONFIG_INVALID', list)
}

export function problemText(problem: Problem, translate: Translate, node = 'sls-kafka-in'): string {
  return problemSentence(problem, inCatalogueOf(node, translate))
}
