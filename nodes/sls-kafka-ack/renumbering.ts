import type { NodeAPI, NodeDef } from 'node-red'
import { isObject, type MessageParts, type PartMessage } from './message-parts'

/** What flows hold of the core nodes that are asked about here. */
interface SavedNode extends NodeDef {
  /** Of CSV: `one` is a message per row, `mult` one for all. */
  readonly multi?: string
  readonly hdrin?: unknown
  readonly skip?: unknown
  readonly include_empty_strings?: unknown
  /** Of HTML: `multi` is a message per element. */
  readonly as?: string
  /** Of Switch: it makes a sequence of what goes to each output. */
  readonly repair?: boolean
}

/** Whether a message that is a part, and goes through the node, can be counted no more behind it. */
type LosesCount = (message: PartMessage, parts: MessageParts) => boolean

const HOOK = 'onReceive.sls-kafka-ack'

/**
 * Marks messages on their way into a core node that writes `msg.parts` although they are parts already,
 * so that an ack node refuses what comes out. Afterwards they look like any others. As of Node-RED 4
 * and 5, from their source:
 *
 * | node | writes | what is lost |
 * | --- | --- | --- |
 * | Split | a sequence of its own, with the parts before in `parts` | nothing |
 * | Sort | `index` of what is complete | nothing |
 * | Batch | `id`, `index`, `count` over those before | of what they were parts |
 * | Switch that recreates sequences | the same, for each output | how many went elsewhere |
 * | HTML, a message per element | parts of its own in place of those before | of what they were parts |
 * | CSV, a message per row | nothing, if there are parts: all rows of one have its number | how many rows it has |
 * | CSV, one message | takes parts away, also those around them | of what they were parts |
 *
 * File in, in lines or chunks, gives the count with the last one only, so that it is refused anyway.
 */
export class RenumberingWatch {
  readonly #RED: NodeAPI
  /** The test helper of Node-RED has none. */
  readonly #hooks: NodeAPI['hooks'] | undefined
  #users = 0

  constructor(RED: NodeAPI) {
    this.#RED = RED
    this.#hooks = RED.hooks
  }

  /** For as long as there is an ack node. @returns a function that takes it off again */
  enter(): () => void {
    this.#users++
    if (this.#users === 1) {
      this.#look()
      this.#RED.events.on('flows:starting', this.#look)
    }
    return () => {
      this.#users--
      if (this.#users > 0) return
      this.#RED.events.removeListener('flows:starting', this.#look)
      this.#hooks?.remove(HOOK)
    }
  }

  /** The hook costs every message of the process a little: only flows with such nodes have it. */
  readonly #look = (): void => {
    this.#hooks?.remove(HOOK)
    const rules = new Map<string, LosesCount>()
    this.#RED.nodes.eachNode((node) => {
      const rule = ruleOf(node)
      if (rule) rules.set(node.id, rule)
    })
    if (rules.size === 0) return
    this.#hooks?.add(HOOK, ({ msg, destination: { id, node } }) => {
      const message = msg as PartMessage
      // In an instance of a subflow a node has another id than in the subflow.
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
      // The rows left out are taken off the count: right only if each part is a line.
      !(keepsCount || ch === '\n' || ch === '\r\n'))
}

/**
 * A part of a record, and not a whole one that Batch has numbered: that has no more than a number, and
 * its sequence is named after another message, unless it is the first.
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

/** Twice, because HTML and Join take away the one, and a Function that makes a new message the other. */
function mark({ parts, kafka }: PartMessage): void {
  // No error where one cannot be changed: a hook that throws stops the message.
  if (isObject(parts)) Reflect.set(parts, 'uncounted', true)
  if (isObject(kafka) && 'token' in kafka) Reflect.set(kafka, 'uncounted', true)
}
