import type { Parts } from '../../lib/delivery/part-counter'
import { recordOf, type Token } from '../../lib/delivery/token'

/** How core nodes (Split, Batch, HTML, CSV) mark a message as one of a sequence. */
export interface MessageParts {
  readonly id?: unknown
  readonly index?: unknown
  readonly count?: unknown
  /** Set by Split, HTML and File in. */
  readonly type?: unknown
  /** The text between two parts; of HTML empty. */
  readonly ch?: unknown
  /** Of Split: the length of a part. */
  readonly len?: unknown
  /** The sequence is a part itself. */
  readonly parts?: unknown
  readonly uncounted?: unknown
}

/** What of a message says which part it is. */
export interface PartMessage {
  readonly _msgid?: string
  readonly payload?: unknown
  readonly parts?: unknown
  readonly kafka?: unknown
}

/**
 * What a message is a part of: null if it is whole, `uncounted` if it is not known when all parts of its
 * sequence are done.
 *
 * @param tokens of the records that it belongs to
 */
export function partsOf(
  message: PartMessage,
  tokens: readonly Token[],
): Parts | null | 'uncounted' {
  const { parts, kafka, _msgid } = message
  if (isMarked(kafka)) return 'uncounted'
  // Batch and File in renumber the parts of a Split, so that their count is lost. They name the sequence
  // after a message, and Split does not. HTML does so too, and can be recognised.
  const isRenumbered = isObject(parts) && 'type' in parts && parts.id === _msgid
  if (isRenumbered && !isOfHtml(parts)) return 'uncounted'
  return read(parts, tokens)
}

export function isObject(value: unknown): value is MessageParts {
  return typeof value === 'object' && value !== null
}

function read(value: unknown, tokens: readonly Token[]): Parts | null | 'uncounted' {
  if (!isObject(value)) return null
  if (isMarked(value)) return 'uncounted'
  const outer = read(value.parts, tokens)
  // What Join has put together again keeps the place of what was split before.
  if (value.id === undefined || outer === 'uncounted') return outer
  const id = sequenceOf(value.id, tokens)
  const { index, count } = value
  if (id === null || !isNumber(index) || !isNumber(count)) return 'uncounted'
  // A CSV node that leaves the first row out numbers a row of the first part -1.
  return index < 0 || count < 1 ? 'uncounted' : { id, index, count, outer }
}

/**
 * No core node names a sequence by a number. What a Function counts may be the same for several
 * records, so that it is that of the record.
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
