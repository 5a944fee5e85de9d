import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red'
import { OUTCOMES, type Reason } from '../../lib/delivery/outcome'
import { reportOutcome } from '../../lib/delivery/ack-registry'
import { SlsKafkaError } from '../../lib/errors'
import { shown } from '../../lib/values'
import { configError, NodeError } from '../common/node-error'
import { translator } from '../common/translate'
import { readAckSettings, type AckConfig, type AckSettings } from './ack-settings'
import { partsOf } from './message-parts'
import { tokensOf } from './message-tokens'
import { isOwnReport, ToldCauses } from './mis-wiring'
import { RenumberingWatch } from './renumbering'

type SlsKafkaAckDef = NodeDef & AckConfig

type Message = NodeMessageInFlow & {
  readonly action?: unknown
  readonly error?: { readonly message?: unknown }
}

export default function registerSlsKafkaAck(RED: NodeAPI): void {
  const translate = translator((key, values) => RED._(key, { ...values }))
  const renumbering = new RenumberingWatch(RED)

  function SlsKafkaAck(this: Node, config: SlsKafkaAckDef): void {
    RED.nodes.createNode(this, config)
    const settings = readAckSettings(config)
    const told = new ToldCauses()
    let areSettingsTold = false
    this.on('close', renumbering.enter())

    this.on('input', (message: Message, send, done) => {
      if ('problems' in settings) {
        send(message)
        const { problems } = settings
        done(areSettingsTold ? undefined : configError(problems, translate, 'sls-kafka-ack'))
        areSettingsTold = true
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

    /** @returns what is wrong, if anything is and was not told yet */
    function pass(
      message: Message,
      value: unknown,
      action: AckSettings['action'],
      send: (message: Message) => void,
    ): Error | undefined {
      try {
        const error = acknowledge(message, value, action)
        send(message)
        return error && told.isNews(error, message) ? nodeErrorOf(error) : undefined
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
