import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red'
import { commandFieldsOf, type CommandFields } from '../../../lib/consumer/command'
import { isAbsent, oneOf, problemsOf } from '../../../lib/config/fields'
import type { Problem } from '../../../lib/config/problem'
import { displayText } from '../../../lib/text'
import { configError, NodeError } from '../../shared/runtime/node-error'
import { translator } from '../../../lib/translate'
import { consumerOf, consumersOn } from '../../shared/runtime/consumers'
import type { RemoteControl, CommandResult } from '../../shared/runtime/remote-control'
import { writerOf, writersOn } from '../../shared/runtime/writers'
import { CONTROL_ACTIONS } from '../settings'

interface SlsKafkaControlDef extends NodeDef {
  /** Ids of `sls in` and `sls out` nodes. In an instance of a subflow, the runtime turns a list of one into a text. */
  consumers?: string | readonly string[]
  /** An action, or `msg`: the one in `msg.action`. */
  action?: unknown
}

type Message = NodeMessageInFlow & Partial<CommandFields>

/** An `sls in` or `sls out` node. */
interface Target {
  readonly id: string
  readonly name: string
  readonly control: RemoteControl | undefined
}

/** The outcome of a command for one node, as an entry of `msg.payload`. */
type CommandOutcome = Pick<Target, 'id' | 'name'> & { readonly action: unknown } & (
    | ({ readonly ok: true } & CommandResult)
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
      runCommand(targetsOf(this, chosen, fields), fields, problems)
        .then(({ outcomes, error }) => {
          send(Object.assign(message, { payload: outcomes }))
          return error
        })
        .then(done, done)
    })
  }

  /** The chosen nodes; if there are none, the `sls in` of the tab, and for `status` its `sls out` as well. */
  function targetsOf(node: Node, chosen: readonly string[], { action }: CommandFields): Target[] {
    const consumers = consumersOn(node.z).map((one) => one.node)
    const writers = writersOn(node.z).map((one) => one.node)
    const onTab = [...consumers, ...writers]
    if (chosen.length === 0) return (action === 'status' ? onTab : consumers).map(targetOf)
    return chosen.map((id) => {
      // In an instance of a subflow, a list of several ids still has the ids of the template.
      const found = nodeOf(id) ?? onTab.find(({ _alias }) => _alias === id)
      return found ? targetOf(found) : { id: displayText(id), name: '', control: undefined }
    })
  }

  function targetOf(node: Node): Target {
    const { control } = consumerOf(node) ?? writerOf(node) ?? {}
    return { id: node.id, name: node.name ?? '', control }
  }

  /** Returns null for a disabled node, contrary to the published types. */
  function nodeOf(id: string): Node | null {
    return RED.nodes.getNode(id)
  }

  /** Runs a command on nodes one after the other, in the order of the list. @returns also the first error */
  async function runCommand(
    targets: readonly Target[],
    fields: CommandFields,
    problems: readonly Problem[],
  ): Promise<{ outcomes: CommandOutcome[]; error: NodeError | undefined }> {
    const outcomes: CommandOutcome[] = []
    let error: NodeError | undefined = targets.length === 0 ? targetsError('none') : undefined
    for (const { id, name, control } of targets) {
      const common = { id, name, action: fields.action }
      try {
        if (problems.length > 0) throw configError(problems, translate, 'sls-kafka-control')
        if (!control) throw targetsError('unknown', id)
        outcomes.push({ ...common, ok: true, ...(await control(fields)) })
      } catch (cause) {
        const { code, message } = cause as NodeError
        error ??= cause as NodeError
        outcomes.push({ ...common, ok: false, error: { code, message } })
      }
    }
    return { outcomes, error }
  }

  function targetsError(key: 'none' | 'unknown', id = ''): NodeError {
    return new NodeError(
      'SLS_CONFIG_INVALID',
      translate(`sls-kafka-control.problems.${key}`, { id }),
    )
  }

  RED.nodes.registerType('sls-kafka-control', SlsKafkaControl)
}
