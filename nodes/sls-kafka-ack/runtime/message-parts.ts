import type { Parts } from '../../../lib/delivery/part-counter'
import { recordOf, type Token } from '../../../lib/delivery/token'

/** The value of `msg.parts`, by which the core nodes Split, Batch, HTML and CSV number a sequence of messages. */
export interface MessageParts {
  readonly id?: unknown
  readonly index?: unknown
  readonly count?: unknown
  /** Set by Split, HTML and File in. */
  readonly type?: unknown
  /** The separator of the parts; empty if HTML wrote the parts. */
  readonly ch?: unknown
  /** The length of a part; only Split sets it. */
  readonly len?: unknown
  /** The parts of the outer sequence, if the split message was a part itself. */
  readonly parts?: unknown
  /** True if `RenumberingWatch` has marked the message. */
  readonly uncounted?: unknown
}

/** The properties of a message that tell which part it is. */
export interface PartMessage {
  readonly _msgid?: string
  readonly payload?: unknown
  readonly parts?: unknown
  readonly kafka?: unknown
}

/**
 * The position of a message among the parts of its records. Returns null for a whole message, and `uncounted` if the
 * number of parts cannot be known.
 *
 * @param tokens the tokens of the message's records
 */
export function partsOf(
  message: PartMessage,
  tokens: readonly Token[],
): Parts | null | 'uncounted' {
  const { parts, kafka, _msgid } = message
  if (isMarked(kafka)) return 'uncounted'
  // Batch and File in renumber the parts of a Split, which loses the count. They use a message id as the id of the
  // sequence, and Split does not. HTML does as well, but its parts can be recognised.
  const isRenumbered = isObject(parts) && 'type' in parts && parts.id === _msgid
  if (isRenumbered && !isOfHtml(parts)) return 'uncounted'
  return partOf(parts, tokens)
}

export function isObject(value: unknown): value is MessageParts {
  return typeof value === 'object' && value !== null
}

function partOf(value: unknown, tokens: readonly Token[]): Parts | null | 'uncounted' {
  if (!isObject(value)) return null
  if (isMarked(value)) return 'uncounted'
  const outer = partOf(value.parts, tokens)
  // A message that Join has put together keeps the position in the outer sequence.
  if (value.id === undefined || outer === 'uncounted') return outer
  const id = sequenceOf(value.id, tokens)
  const { index, count } = value
  if (id === null || !isNumber(index) || !isNumber(count)) return 'uncounted'
  // A CSV node that skips the first row gives the number -1 to a row of the first part.
  return index < 0 || count < 1 ? 'uncounted' : { id, index, count, outer }
}

/**
 * The id of a sequence as text; null if the id is unusable. Core nodes use text ids. A Function node can use a
 * number, which can repeat for another record, so the record is added.
 */
function sequenceOf(id: unknown, tokens: readonly Token[]): string | null {
  if (typeof id === 'string') return id
  return isNumber(id) ? `${tokens.map(recordOf).join()}#${String(id)}` : null
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isOfHtml({ type, ch, len }: MessageParts): boolean {
  return type === 'string' && ch === '' && len === undefined
}

function isMarked(value: unknown): boolean {
  return isObject(value) && value.uncounted === true
}
