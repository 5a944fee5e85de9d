import type { FetchedRecord, RecordHeaders } from '../kafka/source'

/** Refers to nothing of the fetched answer: one small record in flight must not keep a megabyte. */
export function detached(record: FetchedRecord): FetchedRecord {
  const { offset, timestamp, key, value, headers } = record
  return {
    offset,
    timestamp,
    key: key && Buffer.from(key),
    value: value && Buffer.from(value),
    headers: headers && copyOfHeaders(headers),
  }
}

function copyOfHeaders(headers: RecordHeaders): RecordHeaders {
  const copy = (value: Buffer | string): Buffer | string =>
    typeof value === 'string' ? value : Buffer.from(value)
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(copy) : value && copy(value),
    ]),
  )
}
