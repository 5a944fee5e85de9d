/** Where the fields of a record batch's header stand (kafka.apache.org, "Record Batch"). */
export const AT = {
  length: 8,
  magic: 16,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  recordCount: 57,
  records: 61,
} as const

/** Bytes of the base offset and the length, which the length does not count. */
export const UNCOUNTED = 12
