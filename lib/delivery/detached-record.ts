import type { FetchedRecord } from '../kafka/source'

/** Refers to nothing of the fetched answer: one small record in flight must not keep a megabyte. */
export function detached(record: FetchedRecord): FetchedRecord {
  const { offset, timestamp, key, value, headers } = record
  return {
    offset,
    timestamp,
    key: key && Buffer.from(key),
    value: value && Buffer.from(value),
    headers: headers?.map(([name, bytes]) => [name, bytes && Buffer.from(bytes)] as const) ?? null,
  }
}
