import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red'
import { commandFieldsOf, type CommandFields } from '../../lib/consumer/command'
import { isAbsent, oneOf, problemsOf } from '../../lib/config/fields'
import type { Problem } from '../../lib/config/problem'
import { shown } from '../../lib/values'
import { configError, NodeError } from '../common/node-error'
import { translator } from '../common/translate'
import { readerOf, readersOn } from '../sls-kafka-in/readers'
import type { RemoteControl, Steered } from '../sls-kafka-in/remote-control'
import { CONTROL_ACTIONS } from './control-actions'

interface SlsKafkaControlDef extends NodeDef {
  /** Ids. In an instance of a subflow the runtime makes a text of a list of one. */
  consumers?: string | readonly string[]
  /** An action, or `msg`: the one in `msg.action`. */
  action?: unknown
}

type Message = NodeMessageInFlow & Partial<CommandFields>

interface Consumer {
  readonly id: string
  readonly name: string
  readonly control: RemoteControl | undefined
}

/** What the output says of one consumer. */
type Answer = Pick<Consumer, 'id' | 'name'> & { readonly action: unknown } & (
    | ({ readonly ok: true } & Steered)
    | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } }
  )

export default function registerSlsKafkaControl(RED: NodeAPI): void {
  const translate = translator((key, values) => RED._(key, { ...values }))

  function SlsKafkaControl(this: Node, config: SlsKafkaControlDef): void {
    RED.nodes.createNode(this, config)
    const chosen = [config.consumers ?? []].flat()
    const action = isAbsent(config.action) ? 'msg' : config.action
    const problems = problemsOf({ action }, { action: oneOf(CONTROL_ACTIONS) })

    this.on('input', (message: Message, send, done) => {
      const fields = commandFieldsOf(message, action === 'msg' ? message.action : action)
      answersOf(consumers(this, chosen), fields, problems)
        .then(({ answers, error }) => {
          send(Object.assign(message, { payload: answers }))
          return error
        })
        .then(done, done)
    })
  }

  function consumers(node: Node, chosen: readonly string[]): Consumer[] {
    const onTab = readersOn(node.z).map((reader) => reader.node)
    if (chosen.length === 0) return onTab.map(consumerOf)
    return chosen.map((id) => {
      // Of several ids that stand in a subflow, the runtime leaves those of the subflow itself.
      const found = nodeOf(id) ?? onTab.find(({ _alias }) => _alias === id)
      return found ? consumerOf(found) : { id: shown(id), name: '', control: undefined }
    })
  }

  function consumerOf(node: Node): Consumer {
    return { id: node.id, name: node.name ?? '', control: readerOf(node)?.control }
  }

  /** None of a node that is disabled, whatever the published types say. */
  function nodeOf(id: string): Node | null {
    return RED.nodes.getNode(id)
  }

  /** One after the other, in the order in which they were chosen. @returns also the first error */
  async function answersOf(
    steered: readonly Consumer[],
    fields: CommandFields,
    problems: readonly Problem[],
  ): Promise<{ answers: Answer[]; error: NodeError | undefined }> {
    const answers: Answer[] = []
    let error: NodeError | undefined = steered.length === 0 ? consumersError('none') : undefined
    for (const { id, name, control } of steered) {
      const common = { id, name, action: fields.action }
      try {
        if (problems.length > 0) throw configError(problems, translate, 'sls-kafka-control')
        if (!control) throw consumersError('unknown', id)
        answers.push({ ...common, ok: true, ...(await control(fields)) })
      } catch (cause) {
        const { code, message } = cause as NodeError
        error ??= cause as NodeError
        answers.push({ ...common, ok: false, error: { code, message } })
      }
    }
    return { answers, error }
  }

  function consumersError(key: 'none' | 'unknown', id = ''): NodeError {
    return new NodeError(
      'SLS_CONFIG_INVALID',
      translate(`sls-kafka-control.problems.${key}`, { id }),
    )
  }

  RED.nodes.registerType('sls-kafka-control', SlsKafkaControl)
}
