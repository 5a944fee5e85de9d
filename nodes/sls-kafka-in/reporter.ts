import type { Node } from 'node-red'
import type { ErrorCode, SlsKafkaError } from '../../lib/errors'
import type { RecordMessage } from '../../lib/consumer/message'
import type { ConsumerOptions } from '../../lib/options/consumer-options'
import { toNodeError, type NodeError } from '../common/node-error'
import type { Translate } from '../common/translate'

/** Milliseconds in which further records with the same error are reported to Catch nodes but not logged. */
const LOG_AGAIN_AFTER = 60_000

/** Node-RED's own way of offering an error to Catch nodes; `node.error` logs where none takes it. */
interface CatchingFlow {
  handleError?(node: Node, error: NodeError, message: object): boolean
}

/** Tells the user what happens, in his language: to Catch nodes and one line per cause to the log. */
export class Reporter {
  readonly #node: Node
  readonly #options: ConsumerOptions
  readonly #translate: Translate
  readonly #lastLogged = new Map<ErrorCode, number>()

  constructor(node: Node, options: ConsumerOptions, translate: Translate) {
    this.#node = node
    this.#options = options
    this.#translate = translate
  }

  readonly failure = (error: SlsKafkaError, nextTry: number | null): void => {
    const { logstore, group, project } = this.#options
    // Without a message it would reach no Catch node.
    this.#node.error(toNodeError(error, nextTry, this.#translate), {
      topic: logstore,
      kafka: { project: project.project, group },
    })
  }

  readonly recovered = (after: number): void => {
    this.#node.log(this.#translate('sls-kafka-in.log.recovered', { seconds: after }))
  }

  readonly joined = (shards: readonly number[]): void => {
    const { logstore, group } = this.#options
    this.#node.log(
      this.#translate('sls-kafka-in.log.joined', { group, logstore, shards: shards.join(', ') }),
    )
  }

  /** Every one reaches the Catch nodes; a logstore full of them does not flood the log. */
  readonly recordError = (error: SlsKafkaError, message: RecordMessage): void => {
    const nodeError = toNodeError(error, null, this.#translate)
    const flow = this.#node._flow as CatchingFlow | undefined
    const lastLogged = this.#lastLogged.get(error.code) ?? -Infinity
    const isQuiet = Date.now() - lastLogged < LOG_AGAIN_AFTER
    if (isQuiet && flow?.handleError) {
      flow.handleError(this.#node, nodeError, message)
      return
    }
    this.#lastLogged.set(error.code, Date.now())
    this.#node.error(nodeError, message)
  }
}
