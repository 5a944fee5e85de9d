import type { Broker } from '../../../tools/shared/broker'
import { recordsOf } from '../../../tools/shared/topic-records'

/** Texts of all records of a logstore, shard by shard, in order within each. */
export async function storedIn(broker: Broker, logstore: string): Promise<string[]> {
  const records = await recordsOf(broker, logstore, await broker.endOffsets(logstore))
  return records
    .toSorted((one, other) => one.partition - other.partition)
    .map(({ message }) => String(message.value))
}

export interface Difference {
  /** Expected texts that are not stored. */
  readonly lost: readonly string[]
  /** How many stored texts had been stored before. */
  readonly twice: number
  /** How many texts are stored behind a text that is expected after them, at their first time. */
  readonly outOfOrder: number
}

/** Compares what is stored with texts that are all different. */
export function difference(expected: readonly string[], stored: readonly string[]): Difference {
  const places = new Map(expected.map((text, place) => [text, place]))
  const found = [...new Set(stored)]
  let highest = -1
  let outOfOrder = 0
  for (const place of found.map((text) => places.get(text) ?? -1)) {
    if (place < highest) outOfOrder++
    else highest = place
  }
  const isStored = new Set(found)
  return {
    lost: expected.filter((text) => !isStored.has(text)),
    twice: stored.length - found.length,
    outOfOrder,
  }
}
