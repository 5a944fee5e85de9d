import type { SinkMessage } from '../node-red'

/** A record, whichever message or attempt it came in: `shard:offset`. */
export type RecordKey = string

export function keyOf(shard: number, offset: string): RecordKey {
  return `${shard}:${offset}`
}

/** The records that a message of an `sls-kafka-in` holds: one, or those of a batch. */
export function recordsIn({ partition = -1, offset, records }: SinkMessage): RecordKey[] {
  if (Array.isArray(records)) {
    return (records as { offset: string }[]).map((record) => keyOf(partition, record.offset))
  }
  return offset === undefined ? [] : [keyOf(partition, offset)]
}

/** What a message names as acked: a token, several, or nothing that is a token. */
export type TokensOf = (message: SinkMessage) => unknown

export const usualToken: TokensOf = ({ kafka, _msgid }) => kafka?.['token'] ?? _msgid

interface Parts {
  readonly id: string
  readonly index: number
  readonly count?: number
  readonly parts?: Parts
}

/** What of a sequence of messages has arrived; sequences may stand in sequences. */
interface Sequence {
  count: number
  readonly members: Map<number, Sequence | 'arrived'>
}

/**
 * When the flow had finished with each record, unix ms, by the messages that were about to reach
 * an ack node. Knows nothing of how the tested nodes count: a record that was split is finished when
 * all its parts are, however deep they stand; messages put together in one sequence are finished when
 * that is complete.
 *
 * @param sent the messages of the `sls-kafka-in`, from before and after restarts
 * @param acked in the order of time
 */
export function finishedRecords(
  sent: readonly SinkMessage[],
  acked: readonly SinkMessage[],
  tokensOf: TokensOf = usualToken,
): Map<RecordKey, number> {
  const recordsByToken = new Map<string, RecordKey[]>()
  for (const message of sent) {
    for (const token of textsIn([message.kafka?.['token'], message._msgid])) {
      recordsByToken.set(token, recordsIn(message))
    }
  }

  const finished = new Map<RecordKey, number>()
  const sequences = new Map<string, { sequence: Sequence; records: Set<RecordKey> }>()
  for (const message of acked) {
    const named = textsIn([tokensOf(message)].flat())
      .map((token) => recordsByToken.get(token))
      .filter((records) => records !== undefined)
    // Messages of a node without acks have no token, and are their records themselves.
    const records = named.length > 0 ? named.flat() : recordsIn(message)
    for (const record of joinSequence(message, records, sequences)) {
      if (!finished.has(record)) finished.set(record, message.passedAt)
    }
  }
  return finished
}

function textsIn(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string')
}

/** The records that this message finishes. */
function joinSequence(
  message: SinkMessage,
  records: readonly RecordKey[],
  sequences: Map<string, { sequence: Sequence; records: Set<RecordKey> }>,
): Iterable<RecordKey> {
  const path = pathOf(message['parts'] as Parts | undefined)
  const outermost = path[0]
  if (!outermost) return records
  const known = sequences.get(outermost.id) ?? { sequence: empty(), records: new Set() }
  sequences.set(outermost.id, known)
  for (const record of records) known.records.add(record)
  arrive(known.sequence, path)
  return isComplete(known.sequence) ? known.records : []
}

/** The outermost first. */
function pathOf(parts: Parts | undefined): Parts[] {
  return parts === undefined ? [] : [...pathOf(parts.parts), parts]
}

function empty(): Sequence {
  return { count: Infinity, members: new Map() }
}

function arrive(sequence: Sequence, [here, ...inner]: readonly Parts[]): void {
  if (!here) return
  if (here.count !== undefined) sequence.count = here.count
  if (inner.length === 0) {
    sequence.members.set(here.index, 'arrived')
    return
  }
  const member = sequence.members.get(here.index) ?? empty()
  sequence.members.set(here.index, member)
  if (member !== 'arrived') arrive(member, inner)
}

function isComplete({ count, members }: Sequence): boolean {
  return (
    members.size >= count &&
    [...members.values()].every((member) => member === 'arrived' || isComplete(member))
  )
}
