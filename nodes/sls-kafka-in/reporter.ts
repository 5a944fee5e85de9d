import type { Node } from 'node-red'
import type { Clock } from '../../lib/clock'
import type { ErrorCode, SlsKafkaError } from '../../lib/errors'
import type { Message } from '../../lib/delivery/message'
import type { ConsumerOptions } from '../../lib/config/consumer-options'
import { toNodeError, type NodeError } from '../common/node-error'
import { logError, offerToCatch } from '../common/tell'
import type { Translate } from '../common/translate'

/** Milliseconds in which further records with the same error are reported to Catch nodes but not logged. */
const LOG_AGAIN_AFTER = 60_000

/** Tells the user what happens, in his language: to Catch nodes and one line per cause to the log. */
export class Reporter {
  readonly #node: Node
  readonly #options: ConsumerOptions
  readonly #translate: Translate
  readonly #clock: Pick<Clock, 'monotonic'>
  /** Monotonic moments. */
  readonly #lastLoggedAtMs = new Map<ErrorCode, number>()

  constructor(
    node: Node,
    options: ConsumerOptions,
    translate: Translate,
    clock: Pick<Clock, 'monotonic'>,
  ) {
    this.#node = node
    this.#options = options
    this.#translate = translate
    this.#clock = clock
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

  /** Every one reaches the Catch nodes; a logstore full of them does not flood the log. */
  readonly recordError = (error: SlsKafkaError, message: Message): void => {
    offerToCatch(this.#node, this.#logged(error), message)
  }

  /** A message says why it goes to the output for what was given up. */
  readonly deadLetter = (message: Message, error: SlsKafkaError): Message => {
    const { code, message: text } = this.#logged(error)
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

  #logged(error: SlsKafkaError): NodeError {
    const nodeError = toNodeError(error, null, this.#translate)
    const nowMs = this.#clock.monotonic()
    if (nowMs - (this.#lastLoggedAtMs.get(error.code) ?? -Infinity) >= LOG_AGAIN_AFTER) {
      this.#lastLoggedAtMs.set(error.code, nowMs)
      logError(this.#node, nodeError)
    }
    return nodeError
  }
}
