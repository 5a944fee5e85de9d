import type { ErrorCode, SlsKafkaError } from '../../../lib/errors'
import type { Problem } from '../../../lib/config/problem'
import { errorSentences, problemSentence } from '../../../lib/error-texts'
import { inCatalogueOf, type Translate } from '../../../lib/translate'

/**
 * An error for Node-RED. The log, the debug sidebar and Catch nodes show `CODE: text` in the user's language, and
 * flows read `msg.error.code`. The original error is left out, because Node-RED clones and shows messages.
 */
export class NodeError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, text: string) {
    super(text)
    this.name = code
    this.code = code
    // The error is reported and not thrown, so its stack would only name this line.
    this.stack = String(this)
  }
}

/** Converts an error to a `NodeError` in the user's language. @param nextTry seconds; null if no attempt is due */
export function toNodeError(
  error: SlsKafkaError,
  nextTry: number | null,
  translate: Translate,
): NodeError {
  const consumerText = inCatalogueOf('sls-kafka-in', translate)
  const next = nextTry === null ? '' : consumerText('next-try', { seconds: nextTry })
  return new NodeError(error.code, errorSentences(error, consumerText) + next)
}

/** The error of a node with wrong settings. @param node the type of the node, whose catalogue has the texts */
export function configError(
  problems: readonly Problem[],
  translate: Translate,
  node = 'sls-kafka-in',
): NodeError {
  const list = problems.map((problem) => problemText(problem, translate, node)).join(' ')
  return new NodeError('SLS_CONFIG_INVALID', list)
}

/** The text of one problem. @param node the type of the node, whose catalogue has the texts */
export function problemText(problem: Problem, translate: Translate, node = 'sls-kafka-in'): string {
  return problemSentence(problem, inCatalogueOf(node, translate))
}
