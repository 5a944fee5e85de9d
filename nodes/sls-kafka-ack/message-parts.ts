import type { Parts } from '../../lib/delivery/parts'

/** How core nodes (Split, Batch) mark a message as one of a sequence. */
interface MessageParts {
  readonly id?: unknown
  readonly index?: unknown
  readonly count?: unknown
  /** Set by Split only. */
  readonly type?: unknown
  /** The sequence is a part itself. */
  readonly parts?: unknown
}

/**
 * What a message is a part of: null if it is whole, `uncounted` if nobody can tell when all of its
 * sequence are done.
 */
export function partsOf(message: { _msgid?: string; parts?: unknown }): Parts | null | 'uncounted' {
  const { parts } = message
  // Batch numbers the parts of a Split anew, so that how many there were is lost. It names the sequence
  // after its first message, Split does not.
  if (isObject(parts) && 'type' in parts && parts.id === message._msgid) return 'uncounted'
  return read(parts)
}

function read(value: unknown): Parts | null | 'uncounted' {
  if (!isObject(value)) return null
  const { id, index, count, parts } = value
  const outer = read(parts)
  // What Join has put together again keeps the place of what was split before.
  if (id === undefined || outer === 'uncounted') return outer
  if (typeof id !== 'string' || typeof index !== 'number' || typeof count !== 'number') {
    return 'uncounted'
  }
  return { id, index, count, outer }
}

function isObject(value: unknown): value is MessageParts {
  return typeof value === 'object' && value !== null
}
