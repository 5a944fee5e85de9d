import type { Node } from 'node-red'
import type { WriterOptions } from '../../../lib/config/writer-options'
import type { SlsKafkaError } from '../../../lib/errors'
import { toNodeError } from '../../shared/runtime/node-error'
import { logError, offerToCatch } from '../../shared/runtime/report-error'
import type { Translate } from '../../../lib/translate'

/**
 * Writes the reports of a writer to the log and to Catch nodes, in the user's language. The errors of single
 * messages are not among them: they go to `done` of their message.
 */
export class WriterReporter {
  readonly #node: Node
  readonly #options: WriterOptions
  readonly #translate: Translate

  constructor(node: Node, options: WriterOptions, translate: Translate) {
    this.#node = node
    this.#options = options
    this.#translate = translate
  }

  readonly reportFailure = (error: SlsKafkaError): void => {
    const nodeError = toNodeError(error, null, this.#translate)
    logError(this.#node, nodeError)
    offerToCatch(this.#node, nodeError, { topic: this.#options.logstore })
  }

  readonly warn = (warning: SlsKafkaError): void => {
    this.#node.warn(String(toNodeError(warning, null, this.#translate)))
  }

  readonly logRecovery = (seconds: number): void => {
    this.#node.log(this.#translate('sls-kafka-out.log.recovered', { seconds }))
  }
}
