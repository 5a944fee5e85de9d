import type { Node } from 'node-red'
import type { SlsKafkaError } from '../../../lib/errors'
import type { Message } from '../../../lib/delivery/message'
import type { ConsumerOptions } from '../../../lib/config/consumer-options'
import { toNodeError, type NodeError } from '../../shared/runtime/node-error'
import { logError, offerToCatch } from '../../shared/runtime/report-error'
import type { Translate } from '../../../lib/translate'

/**
 * Writes the reports of a consumer to the log and to Catch nodes, in the user's language. The consumer's
 * `ErrorReporter` decides which errors are reported, and how often.
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

  readonly reportFailure = (error: SlsKafkaError, nextTry: number | null): void => {
    const { logstore, group, project } = this.#options
    const nodeError = toNodeError(error, nextTry, this.#translate)
    logError(this.#node, nodeError)
    offerToCatch(this.#node, nodeError, {
      topic: logstore,
      kafka: { project: project.project, group },
    })
  }

  readonly logRecovery = (after: number): void => {
    this.#node.log(this.#translate('sls-kafka-in.log.recovered', { seconds: after }))
  }

  readonly logResent = (records: number): void => {
    this.#node.log(this.#translate('sls-kafka-in.log.sent-again', { records }))
  }

  readonly logStarted = (): void => {
    const { logstore, group } = this.#options
    this.#node.log(this.#translate('sls-kafka-in.log.started', { group, logstore }))
  }

  readonly logStopped = (): void => {
    this.#node.log(this.#translate('sls-kafka-in.log.stopped'))
  }

  readonly logPaused = (shards: readonly number[] | null): void => {
    this.#logOfShards('paused', shards)
  }

  readonly logResumed = (shards: readonly number[] | null): void => {
    this.#logOfShards('resumed', shards)
  }

  readonly logJoined = (shards: readonly number[]): void => {
    const { logstore, group } = this.#options
    this.#node.log(
      this.#translate('sls-kafka-in.log.joined', { group, logstore, shards: shards.join(', ') }),
    )
  }

  /** Offers the error of a record to the Catch nodes. @param isLogged also writes the error to the log */
  readonly reportRecordError = (
    error: SlsKafkaError,
    message: Message,
    isLogged: boolean,
  ): void => {
    offerToCatch(this.#node, this.#nodeErrorOf(error, isLogged), message)
  }

  /** Creates a dead letter: the message with the error in `kafka.error`. */
  readonly deadLetter = (message: Message, error: SlsKafkaError, isLogged: boolean): Message => {
    const { code, message: text } = this.#nodeErrorOf(error, isLogged)
    return { ...message, kafka: { ...message.kafka, error: { code, message: text } } }
  }

  readonly warn = (warning: SlsKafkaError): void => {
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
