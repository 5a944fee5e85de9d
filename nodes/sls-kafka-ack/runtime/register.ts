import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red'
import { OUTCOMES, type Reason } from '../../../lib/delivery/outcome'
import { reportOutcome } from '../../../lib/delivery/ack-registry'
import { ReportedCauses } from '../../../lib/reported-causes'
import { SlsKafkaError } from '../../../lib/errors'
import { displayText } from '../../../lib/text'
import { configError, NodeError } from '../../shared/runtime/node-error'
import { translator } from '../../../lib/translate'
import { readAckSettings, type AckConfig, type AckSettings } from '../settings'
import { partsOf } from './message-parts'
import { plainPath, tokensOf, valueAt } from './message-tokens'
import { causeOf, isOwnReport } from './wiring-errors'
import { RenumberingWatch } from './renumbering'

type SlsKafkaAckDef = NodeDef & AckConfig

type Message = NodeMessageInFlow & {
  readonly action?: unknown
  readonly error?: { readonly message?: unknown }
}

/** Most causes that one node reports, so that messages with changing content cannot flood the log. */
const MAX_CAUSES = 10

export default function registerSlsKafkaAck(RED: NodeAPI): void {
  const translate = translator((key, values) => RED._(key, { ...values }))
  const renumbering = new RenumberingWatch(RED)

  function SlsKafkaAck(this: Node, config: SlsKafkaAckDef): void {
    RED.nodes.createNode(this, config)
    const settings = readAckSettings(config)
    const path = 'problems' in settings ? null : plainPath(settings)
    const reported = new ReportedCauses(MAX_CAUSES)
    this.on('close', renumbering.enter())

    this.on('input', (message: Message, send, done) => {
      if ('problems' in settings) {
        send(message)
        const error = configError(settings.problems, translate, 'sls-kafka-ack')
        done(reported.add(error.code) ? error : undefined)
        return
      }
      const { action, token, tokenType } = settings
      if (path) {
        done(pass(message, valueAt(message, path), action, send))
        return
      }
      // The callback form: a promise would take longer than the rest of the ack.
      RED.util.evaluateNodeProperty(token, tokenType, this, message, (failure, value: unknown) => {
        // `evaluateNodeProperty` fails when a parent property is missing; treat that as "no token".
        if (failure && tokenType !== 'msg') done(failure)
        else done(pass(message, value, action, send))
      })
    })

    /** Acknowledges and passes the message on. @returns an error to report; undefined if there is none */
    function pass(
      message: Message,
      value: unknown,
      action: AckSettings['action'],
      send: (message: Message) => void,
    ): Error | undefined {
      try {
        const error = acknowledge(message, value, action)
        send(message)
        const isNews = error && reported.add(causeOf(error, message))
        return isNews ? nodeErrorOf(error) : undefined
      } catch (error) {
        return error as Error
      }
    }
  }

  function nodeErrorOf({ code, params }: SlsKafkaError): NodeError {
    return new NodeError(code, translate(`sls-kafka-ack.errors.${code}`, params))
  }

  RED.nodes.registerType('sls-kafka-ack', SlsKafkaAck)
}

/** Reports the outcome of the records of a message. @returns the error if the message has no usable outcome */
function acknowledge(
  message: Message,
  token: unknown,
  action: AckSettings['action'],
): SlsKafkaError | null {
  const tokens = tokensOf(token, message._msgid)
  if (!tokens && isOwnReport(message)) return null
  const wanted = action === 'msg' ? message.action : action
  const kind = OUTCOMES.find((known) => known === wanted)
  if (!kind) return new SlsKafkaError('SLS_ACTION_UNKNOWN', { value: displayText(wanted) })
  if (!tokens) return new SlsKafkaError('SLS_TOKEN_MISSING')
  if (kind !== 'ack') {
    reportOutcome(tokens, { kind, reason: reasonOf(message) })
    return null
  }
  const parts = partsOf(message, tokens)
  if (parts === 'uncounted') return new SlsKafkaError('SLS_PARTS_UNCOUNTED')
  reportOutcome(tokens, { kind, parts })
  return null
}

/** The reason of a failure, which a Catch node puts into `msg.error`. */
function reasonOf({ error }: Message): Reason {
  const text = error?.message
  return typeof text === 'string' ? { text } : { key: 'no-reason' }
}
