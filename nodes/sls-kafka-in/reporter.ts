import type { Node } from 'node-red'
import type { SlsKafkaError } from '../../lib/errors'
import type { Message } from '../../lib/delivery/message'
import type { ConsumerOptions } from '../../lib/config/consumer-options'
import { toNodeError, type NodeError } from '../common/node-error'
import { logError, offerToCatch } from '../common/report-error'
import type { Translate } from '../common/translate'

/**
 * Writes what a consumer reports to the log and to Catch nodes, in the user's language. What is reported,
 * and how often, is decided by the consumer's `ErrorReporter`.
 */
export class Reporter {
  readonly #node: Node
  readonly #options: ConsumerOptions
  readonly #translate: Translate

  constructor(node: Node, options: ConsumerOptions, translate: Translate) {
    this.#node = node
    this.#options = options
    this.#translate = translate
  }

  readonly failure = (error: SlsKafkaError, nextTry: number | null): void => {
    const { logstore, group, project } = this.#options
    const nodeError = toNodeError(error, nextTry, this.#translate)
    logError(this.#node, nodeError)
    offerToCatch(this.#node, nodeError, {
      topic: logstore,
      kafka: { project: project.project, group },
    })
  }

  readonly recovered = (after: number): void => {
    this.#node.log(this.#translate('sls-kafka-in.log.recovered', { seconds: after }))
  }

  readonly sentAgain = (records: number): void => {
    this.#node.log(this.#translate('sls-kafka-in.log.sent-again', { records }))
  }

  readonly started = (): void => {
    const { logstore, group } = this.#options
    this.#node.log(this.#translate('sls-kafka-in.log.started', { group, logstore }))
  }

  readonly stopped = (): void => {
    this.#node.log(this.#translate('sls-kafka-in.log.stopped'))
  }

  readonly paused = (shards: readonly number[] | null): void => {
    this.#logOfShards('paused', shards)
  }

  readonly resumed = (shards: readonly number[] | null): void => {
    this.#logOfShards('resumed', shards)
  }

  readonly joined = (shards: readonly number[]): void => {
    const { logstore, group } = this.#options
    this.#node.log(
      this.#translate('sls-kafka-in.log.joined', { group, logstore, shards: shards.join(', ') }),
    )
  }

  /** Offers every error of a record to the Catch nodes, and logs it if the consumer says so. */
  readonly recordError = (error: SlsKafkaError, message: Message, isLogged: boolean): void => {
    offerToCatch(this.#node, this.#nodeErrorOf(error, isLogged), message)
  }

  /** A dead letter carries the reason why it is one. */
  readonly deadLetter = (message: Message, error: SlsKafkaError, isLogged: boolean): Message => {
    const { code, message: text } = this.#nodeErrorOf(error, isLogged)
    return { ...message, kafka: { ...message.kafka, error: { code, message: text } } }
  }

  readonly warning = (warning: SlsKafkaError): void => {
    this.#node.warn(String(toNodeError(warning, null, this.#translate)))
  }

  #logOfShards(key: 'paused' | 'resumed', shards: readonly number[] | null): void {
    const text = shards
      ? this.#translate(`sls-kafka-in.log.${key}-shards`, { shards: shards.join(', ') })
      : this.#translate(`sls-kafka-in.log.${key}`)
    this.#node.log(text)
  }

  #nodeErrorOf(error: SlsKafkaError, isLogged: boolean): NodeError {
    const nodeError = toNodeError(error, null, this.#translate)
    if (isLogged) logError(this.#node, nodeError)
    return nodeError
  }
}
