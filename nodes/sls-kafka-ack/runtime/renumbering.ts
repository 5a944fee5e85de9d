import type { NodeAPI, NodeDef } from 'node-red'
import { isObject, type MessageParts, type PartMessage } from './message-parts'

/** The saved properties of core nodes that decide whether the count of parts is lost. */
interface SavedNode extends NodeDef {
  /** CSV: `one` sends a message per row, `mult` one message for all rows. */
  readonly multi?: string
  readonly hdrin?: unknown
  readonly skip?: unknown
  readonly include_empty_strings?: unknown
  /** HTML: `multi` sends a message per element. */
  readonly as?: string
  /** Switch: recreates a sequence for each output. */
  readonly repair?: boolean
}

/** Whether a node loses the count of the parts when this part goes through the node. */
type LosesCount = (message: PartMessage, parts: MessageParts) => boolean

const HOOK = 'onReceive.sls-kafka-ack'

/**
 * Marks parts on their way into a core node that overwrites `msg.parts`, so that an ack node refuses them. Behind the
 * node they cannot be told from other messages. The behaviour of Node-RED 4 and 5, from the source:
 *
 * | node | writes | loses |
 * | --- | --- | --- |
 * | Split | a new sequence, with the old parts in `parts` | nothing |
 * | Sort | `index` of a complete sequence | nothing |
 * | Batch | `id`, `index` and `count`, over the old values | the old sequence |
 * | Switch that recreates sequences | the same, for each output | how many parts other outputs get |
 * | HTML, a message per element | a new sequence instead of the old one | the old sequence |
 * | CSV, a message per row | nothing, if parts exist: all rows have the number of their part | the number of rows |
 * | CSV, one message | removes the parts, and the outer ones | the old sequence |
 *
 * File in, with lines or chunks, gives the count only with the last message, which an ack node refuses anyway.
 */
export class RenumberingWatch {
  readonly #RED: NodeAPI
  /** Undefined in Node-RED's test helper. */
  readonly #hooks: NodeAPI['hooks'] | undefined
  #users = 0

  constructor(RED: NodeAPI) {
    this.#RED = RED
    this.#hooks = RED.hooks
  }

  /** Adds an ack node: the hook runs while there is at least one. @returns a function that removes the ack node */
  enter(): () => void {
    this.#users++
    if (this.#users === 1) {
      this.#updateHook()
      this.#RED.events.on('flows:starting', this.#updateHook)
    }
    return () => {
      this.#users--
      if (this.#users > 0) return
      this.#RED.events.removeListener('flows:starting', this.#updateHook)
      this.#hooks?.remove(HOOK)
    }
  }

  /** Adds the hook only if flows have such nodes, because the hook slows every message of the process down. */
  readonly #updateHook = (): void => {
    this.#hooks?.remove(HOOK)
    const rules = new Map<string, LosesCount>()
    this.#RED.nodes.eachNode((node) => {
      const rule = ruleOf(node)
      if (rule) rules.set(node.id, rule)
    })
    if (rules.size === 0) return
    this.#hooks?.add(HOOK, ({ msg, destination: { id, node } }) => {
      const message = msg as PartMessage
      // In an instance of a subflow, `_alias` is the id of the node in the template.
      const { _alias: alias } = (node ?? {}) as { readonly _alias?: string }
      const rule = rules.get(alias ?? String(id))
      if (rule && isPart(message.parts) && rule(message, message.parts)) mark(message)
    })
  }
}

function ruleOf(node: SavedNode): LosesCount | null {
  if (node.type === 'batch') return () => true
  if (node.type === 'switch' && node.repair === true) return isPartOfRecord
  if (node.type === 'html' && node.as === 'multi') return isPartOfRecord
  if (node.type !== 'csv') return null
  if (node.multi === 'mult') return ({ payload }, parts) => 'parts' in parts && isText(payload)
  const keepsCount = !node.hdrin && Number(node.skip ?? 0) === 0
  return ({ payload }, { ch }) =>
    isText(payload) &&
    (hasLines(payload, node.include_empty_strings === true) ||
      // CSV subtracts the skipped rows from the count, which is right only if each part is a line.
      !(keepsCount || ch === '\n' || ch === '\r\n'))
}

/**
 * Whether a message is a part of a record, and not a whole record that Batch has numbered. Batch sets no `type` and no
 * `parts`. Its sequence has the id of another message, except for the first one.
 */
function isPartOfRecord(message: PartMessage, parts: MessageParts): boolean {
  if ('type' in parts || 'parts' in parts) return true
  return parts.id === message._msgid && (parts.index !== 0 || 'columns' in message)
}

function hasLines(text: string, isEndRow: boolean): boolean {
  return /[\r\n]/.test(isEndRow ? text : text.replace(/[\r\n]+$/, ''))
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isPart(parts: unknown): parts is MessageParts {
  return isObject(parts) && parts.id !== undefined
}

/** Sets two marks: HTML and Join remove `parts`, and a Function node that creates a message can drop `kafka`. */
function mark({ parts, kafka }: PartMessage): void {
  // `Reflect.set` does not throw for a frozen object. A hook that throws stops the message.
  if (isObject(parts)) Reflect.set(parts, 'uncounted', true)
  if (isObject(kafka) && 'token' in kafka) Reflect.set(kafka, 'uncounted', true)
}
