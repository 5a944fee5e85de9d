import { gunzipSync } from 'node:zlib'
import { Codec, compress, type Compression } from './compression'
import { crc32c } from './crc32c'
import { ErrorCode } from './error-codes'
import { MalformedRequestError, Reader } from './reader'
import { varintLength, varlongLength, Writer } from './writer'

/** A record to be stored. `timestamp` is what the record's timestamp field shall hold, usually unix ms. */
export interface NewRecord {
  readonly timestamp: number
  readonly key: string | null
  readonly value: string | null
}

export interface DecodedRecord {
  readonly timestamp: number
  /** Its offset, counted from that of its batch. */
  readonly offsetDelta: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: ReadonlyMap<string, string>
}

/** A produced batch is refused; `code` is the error code for the producer. */
export class RecordBatchError extends Error {
  override readonly name = 'RecordBatchError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

const MAGIC = 2
const COMPRESSION_MASK = 0x07
const CONTROL_FLAG = 0x20
/** Bytes of baseOffset and batchLength, which `batchLength` does not count. */
const LENGTH_OVERHEAD = 12
/** Position of the first byte that the checksum covers: the attributes. */
const CHECKSUMMED_FROM = 21
const LAST_OFFSET_DELTA_AT = 23
const COUNT_AT = 57
/** A batch without records has no more. */
export const BATCH_HEADER_BYTES = 61
/** A gzip bomb must not take the process down. */
const MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024

/** The header fields of a batch about its records, which can be compressed. */
export interface BatchContent {
  /** The lowest three bits name the codec. */
  readonly attributes: number
  readonly count: number
  /** The batch takes all offsets up to this one, even if its last records are missing. */
  readonly lastOffsetDelta: number
  readonly firstTimestamp: number
  readonly maxTimestamp: number
  readonly payload: Buffer
}

export interface BatchOptions {
  readonly compression?: Compression
}

/**
 * Encodes records with consecutive offsets from `baseOffset` as one batch of magic 2. `null` leaves
 * an offset without a record, as filtering does: at the end, and even everywhere.
 */
export function encodeRecordBatch(
  baseOffset: bigint,
  records: readonly (NewRecord | null)[],
  { compression = 'none' }: BatchOptions = {},
): Buffer {
  const kept = records.filter((record) => record !== null)
  const firstTimestamp = kept[0]?.timestamp ?? 0
  const body = new Writer()
  records.forEach((record, index) => {
    if (record) writeRecord(body, record, index, BigInt(record.timestamp - firstTimestamp))
  })
  const { codec, payload } = compress(compression, body.toBuffer())
  return encodeBatch(baseOffset, {
    attributes: codec,
    count: kept.length,
    lastOffsetDelta: records.length - 1,
    firstTimestamp,
    maxTimestamp: kept.reduce((max, { timestamp }) => Math.max(max, timestamp), 0),
    payload,
  })
}

export function encodeBatch(baseOffset: bigint, content: BatchContent): Buffer {
  const checksummed = new Writer()
    .int16(content.attributes)
    .int32(content.lastOffsetDelta)
    .int64(BigInt(content.firstTimestamp))
    .int64(BigInt(content.maxTimestamp))
    .int64(-1n) // producerId: neither idempotent nor transactional
    .int16(-1) // producerEpoch
    .int32(-1) // baseSequence
    .int32(content.count)
    .raw(content.payload)
    .toBuffer()
  const header = new Writer()
    .int64(baseOffset)
    .int32(CHECKSUMMED_FROM - LENGTH_OVERHEAD + checksummed.length)
    .int32(0) // partitionLeaderEpoch
    .int8(MAGIC)
    .uint32(crc32c(checksummed))
  return Buffer.concat([header.toBuffer(), checksummed])
}

/** A ready-made batch with another base offset, which its checksum does not cover. */
export function rebased(batch: Buffer, baseOffset: bigint): Buffer {
  const copy = Buffer.from(batch)
  copy.writeBigInt64BE(baseOffset)
  return copy
}

/** What a batch of at least its header tells of itself; the rest may be broken on purpose. */
export function summaryOf(batch: Buffer): { readonly count: number; readonly offsets: number } {
  return {
    count: batch.readInt32BE(COUNT_AT),
    offsets: batch.readInt32BE(LAST_OFFSET_DELTA_AT) + 1,
  }
}

function writeRecord(
  writer: Writer,
  record: NewRecord,
  offsetDelta: number,
  timestampDelta: bigint,
): void {
  const keyBytes = byteLength(record.key)
  const valueBytes = byteLength(record.value)
  const length =
    1 + // attributes
    varlongLength(timestampDelta) +
    varintLength(offsetDelta) +
    varintLength(keyBytes) +
    Math.max(keyBytes, 0) +
    varintLength(valueBytes) +
    Math.max(valueBytes, 0) +
    1 // no headers
  writer.varint(length).int8(0).varlong(timestampDelta).varint(offsetDelta).varint(keyBytes)
  if (record.key !== null) writer.utf8(record.key, keyBytes)
  writer.varint(valueBytes)
  if (record.value !== null) writer.utf8(record.value, valueBytes)
  writer.varint(0)
}

function byteLength(text: string | null): number {
  return text === null ? -1 : Buffer.byteLength(text)
}

/** Decodes the batches of one produce request: one list of records per batch. Throws RecordBatchError. */
export function decodeRecordBatches(bytes: Buffer): DecodedRecord[][] {
  const batches: DecodedRecord[][] = []
  const reader = new Reader(bytes)
  try {
    while (reader.remaining > 0) {
      reader.int64() // baseOffset: the endpoint gives its own
      batches.push(decodeBatch(reader.raw(reader.int32())))
    }
  } catch (error) {
    if (!(error instanceof MalformedRequestError)) throw error
    throw new RecordBatchError(ErrorCode.CORRUPT_MESSAGE, error.message)
  }
  return batches
}

function decodeBatch(batch: Buffer): DecodedRecord[] {
  const reader = new Reader(batch)
  reader.int32() // partitionLeaderEpoch
  const magic = reader.int8()
  if (magic !== MAGIC) {
    throw new RecordBatchError(
      ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT,
      `record format ${magic} is not served, only ${MAGIC}`,
    )
  }
  const checksum = reader.uint32()
  if (checksum !== crc32c(batch.subarray(CHECKSUMMED_FROM - LENGTH_OVERHEAD))) {
    throw new RecordBatchError(ErrorCode.CORRUPT_MESSAGE, 'the checksum of a batch is wrong')
  }
  const attributes = reader.int16()
  reader.int32() // lastOffsetDelta
  const firstTimestamp = reader.int64()
  reader.int64() // maxTimestamp
  reader.int64() // producerId
  reader.int16() // producerEpoch
  reader.int32() // baseSequence
  const count = reader.int32()
  if (attributes & CONTROL_FLAG) return []
  const records = new Reader(
    decompress(attributes & COMPRESSION_MASK, reader.raw(reader.remaining)),
  )
  if (count < 0 || count > records.remaining) {
    throw new RecordBatchError(
      ErrorCode.CORRUPT_MESSAGE,
      'a batch counts more records than it holds',
    )
  }
  return Array.from({ length: count }, () => readRecord(records, firstTimestamp))
}

function decompress(codec: number, bytes: Buffer): Buffer {
  if (codec === Codec.NONE) return bytes
  if (codec !== Codec.GZIP) {
    throw new RecordBatchError(
      ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
      `compression ${codec} is not served, only none and gzip`,
    )
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_DECOMPRESSED_BYTES })
  } catch {
    throw new RecordBatchError(ErrorCode.CORRUPT_MESSAGE, 'a batch cannot be decompressed')
  }
}

function readRecord(reader: Reader, firstTimestamp: bigint): DecodedRecord {
  reader.varint() // length
  reader.int8() // attributes
  const timestamp = Number(firstTimestamp + reader.varlong())
  const offsetDelta = reader.varint()
  const key = readSized(reader)
  const value = readSized(reader)
  const headers = new Map<string, string>()
  for (let left = reader.varint(); left > 0; left -= 1) {
    const name = readSized(reader)
    const content = readSized(reader)
    headers.set(name?.toString('utf8') ?? '', content?.toString('utf8') ?? '')
  }
  return { timestamp, offsetDelta, key, value, headers }
}

function readSized(reader: Reader): Buffer | null {
  const length = reader.varint()
  return length < 0 ? null : reader.raw(length)
}
