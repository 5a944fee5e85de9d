/**
 * What is read of one Fetch response, at most; the rest is fetched again. A small response can hold a
 * gigabyte, and a record costs some 200 bytes beside its own, a header some 150. Only a single batch
 * may be larger, and a single record.
 */
const MAX_RESPONSE_BYTES = 32 * 1_048_576
/** Of a batch that is larger than that: all of it stays in memory while its parts are read. */
export const MAX_PART_BYTES = 16 * 1_048_576
/** All that a log group of SLS has offsets for. */
const MAX_RESPONSE_RECORDS = 131_072
const MAX_RESPONSE_HEADERS = 65_536

export class ResponseBudget {
  /** Of batches, decompressed. */
  bytes = MAX_RESPONSE_BYTES
  records = MAX_RESPONSE_RECORDS
  headers = MAX_RESPONSE_HEADERS

  /** Nothing was read yet: the next batch is read, however large it is. */
  get isUntouched(): boolean {
    return this.bytes === MAX_RESPONSE_BYTES && this.records === MAX_RESPONSE_RECORDS
  }

  get isUsedUp(): boolean {
    return this.bytes <= 0 || this.records <= 0 || this.headers <= 0
  }
}
