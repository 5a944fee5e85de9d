import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { ByteWriter, difference, varIntSize, varLongSize } from './byte-writer'
import { crc32c } from './crc32c'
import type { RecordHeader } from '../log-source'

/** A record to be written. */
export interface ProducedRecord {
  readonly key: string | Buffer | null
  readonly value: string | Buffer | null
  /** Whole milliseconds since 1970. */
  readonly timestamp: number
  readonly headers?: readonly RecordHeader[]
}

export type WriteCompression = 'gzip' | 'none'

const MAGIC = 2
const GZIP = 1
const HEADER_BYTES = 61
const CHECKSUM_AT = 17
/** The checksum covers everything from the attributes on. */
const CHECKSUMMED_FROM = 21
/** Base offset and length, which the length does not count. */
const BEFORE_LENGTH_COUNTS = 12
/** Fewer bytes would grow, because gzip adds a header. */
const LEAST_GZIP_BYTES = 256
/** Neither idempotent nor transactional: SLS offers neither. */
const NO_PRODUCER = { id: -1n, epoch: -1, sequence: -1 }

const compress = promisify(gzip)

/** Encodes records as one record batch (format 2). Computes all sizes first, then writes in one pass. */
export async function encodeRecordBatch(
  records: readonly ProducedRecord[],
  compression: WriteCompression,
): Promise<Buffer> {
  const first = records.reduce((least, { timestamp }) => Math.min(least, timestamp), Infinity)
  const last = records.reduce((most, { timestamp }) => Math.max(most, timestamp), -Infinity)
  const sizes = records.map((record, index) => sizesOf(record, index, first))
  const bytes = sizes.reduce((sum, { body }) => sum + varIntSize(body) + body, 0)
  const isCompressed = compression === 'gzip' && bytes >= LEAST_GZIP_BYTES
  const writer = new ByteWriter(isCompressed ? bytes : HEADER_BYTES + bytes)
  if (!isCompressed) writer.at = HEADER_BYTES
  records.forEach((record, index) => {
    const size = sizes[index]
    if (size) writeRecord(writer, record, index, size)
  })
  const batch = isCompressed
    ? Buffer.concat([Buffer.allocUnsafe(HEADER_BYTES), await compress(writer.bytes)])
    : writer.bytes
  writeHeader(batch, { count: records.length, first, last, codec: isCompressed ? GZIP : 0 })
  return batch
}

/** Lengths in bytes; -1 for null. */
interface Sizes {
  readonly key: number
  readonly value: number
  readonly timestampDelta: bigint | number
  /** Bytes of the record after its length field. */
  readonly body: number
}

function sizesOf(record: ProducedRecord, index: number, first: number): Sizes {
  const key = byteLength(record.key)
  const value = byteLength(record.value)
  const timestampDelta = difference(record.timestamp, first)
  const { headers = [] } = record
  let body = 1 + varLongSize(timestampDelta) + varIntSize(index) + varIntSize(headers.length)
  for (const size of [key, value]) body += sizedLength(size)
  for (const [name, content] of headers) {
    body += sizedLength(byteLength(name)) + sizedLength(byteLength(content))
  }
  return { key, value, timestampDelta, body }
}

function byteLength(content: string | Buffer | null): number {
  if (content === null) return -1
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length
}

/** Bytes of a length field and its content. */
function sizedLength(size: number): number {
  return varIntSize(size) + Math.max(0, size)
}

function writeRecord(
  writer: ByteWriter,
  { key, value, headers = [] }: ProducedRecord,
  index: number,
  sizes: Sizes,
): void {
  writer.varInt(sizes.body)
  writer.int8(0)
  writer.varLong(sizes.timestampDelta)
  writer.varInt(index)
  writeSized(writer, key, sizes.key)
  writeSized(writer, value, sizes.value)
  writer.varInt(headers.length)
  for (const [name, content] of headers) {
    writeSized(writer, name, byteLength(name))
    writeSized(writer, content, byteLength(content))
  }
}

function writeSized(writer: ByteWriter, content: string | Buffer | null, size: number): void {
  writer.varInt(size)
  if (content !== null) writer.raw(content, size)
}

function writeHeader(
  batch: Buffer,
  { count, first, last, codec }: { count: number; first: number; last: number; codec: number },
): void {
  const writer = new ByteWriter(HEADER_BYTES)
  writer.int64(0n) // the service gives the offset
  writer.int32(batch.length - BEFORE_LENGTH_COUNTS)
  writer.int32(-1) // leader epoch: known to brokers alone
  writer.int8(MAGIC)
  writer.int32(0) // the checksum follows
  writer.int16(codec)
  writer.int32(count - 1)
  writer.int64(BigInt(first))
  writer.int64(BigInt(last))
  writer.int64(NO_PRODUCER.id)
  writer.int16(NO_PRODUCER.epoch)
  writer.int32(NO_PRODUCER.sequence)
  writer.int32(count)
  writer.bytes.copy(batch)
  batch.writeUInt32BE(crc32c(batch.subarray(CHECKSUMMED_FROM)), CHECKSUM_AT)
}
