import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red'
import { OUTCOMES, type Reason } from '../../lib/delivery/outcome'
import { reportOutcome } from '../../lib/delivery/ack-registry'
import { ReportedCauses } from '../../lib/consumer/reported-causes'
import { SlsKafkaError } from '../../lib/errors'
import { shown } from '../../lib/values'
import { configError, NodeError } from '../common/node-error'
import { translator } from '../common/translate'
import { readAckSettings, type AckConfig, type AckSettings } from './ack-settings'
import { partsOf } from './message-parts'
import { tokensOf } from './message-tokens'
import { causeOf, isOwnReport } from './mis-wiring'
import { RenumberingWatch } from './renumbering'

type SlsKafkaAckDef = NodeDef & AckConfig

type Message = NodeMessageInFlow & {
  readonly action?: unknown
  readonly error?: { readonly message?: unknown }
}

/** Causes of mis-wiring that one node reports, so that a message with changing content cannot flood the log. */
const MOST_CAUSES = 10

export default function registerSlsKafkaAck(RED: NodeAPI): void {
  const translate = translator((key, values) => RED._(key, { ...values }))
  const renumbering = new RenumberingWatch(RED)

  function SlsKafkaAck(this: Node, config: SlsKafkaAckDef): void {
    RED.nodes.createNode(this, config)
    const settings = readAckSettings(config)
    const reported = new ReportedCauses(MOST_CAUSES)
    this.on('close', renumbering.enter())

    this.on('input', (message: Message, send, done) => {
      if ('problems' in settings) {
        send(message)
        const error = configError(settings.problems, translate, 'sls-kafka-ack')
        done(reported.add(error.code) ? error : undefined)
        return
      }
      const { action, token, tokenType } = settings
      // With a callback and no promise, which would take longer than all the rest.
      RED.util.evaluateNodeProperty(token, tokenType, this, message, (failure, value: unknown) => {
        // Of a message, a property of something that is not there is an error; here it is absent.
        if (failure && tokenType !== 'msg') done(failure)
        else done(pass(message, value, action, send))
      })
    })

    /** @returns what is wrong; undefined if nothing is, or if that was reported before */
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

/** @returns why the message says nothing about any record; null if it does */
function acknowledge(
  message: Message,
  token: unknown,
  action: AckSettings['action'],
): SlsKafkaError | null {
  const tokens = tokensOf(token, message._msgid)
  if (!tokens && isOwnReport(message)) return null
  const wanted = action === 'msg' ? message.action : action
  const kind = OUTCOMES.find((known) => known === wanted)
  if (!kind) return new SlsKafkaError('SLS_ACTION_UNKNOWN', { value: shown(wanted) })
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

/** A Catch node says in `msg.error` what went wrong. */
function reasonOf({ error }: Message): Reason {
  const text = error?.message
  return typeof text === 'string' ? { text } : { key: 'no-answer' }
}
