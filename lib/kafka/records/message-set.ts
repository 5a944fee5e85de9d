import { BatchBudget, type BatchContent, type BatchContext } from './batch-budget'
import { ByteCursor } from './byte-cursor'
import { CODEC_MASK, requireCodec, releaseBuffer } from './compression/codecs'
import { NO_RECORDS, RecordList, sizeOf } from './fetched-records'
import { nextTurn } from '../event-loop'
import type { Bytes, FetchedRecord } from '../log-source'

/** Offset and length, which the length does not count. */
const UNCOUNTED = 12
const LOG_APPEND_TIME = 0x08
/** The timestamp of a record in a format without timestamps. */
const NO_TIMESTAMP = -1n
const SMALLEST_MESSAGE = 26
/** Memory of the Buffers for key and value, without their content. */
const BUFFERS_BYTES = 200

interface Message {
  readonly offset: bigint
  readonly attributes: number
  readonly timestamp: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/**
 * Reads a message of the formats before Kafka 0.11 (magic 0 and 1): a record, or several that were
 * compressed together. Such a message has the offset of its last record.
 *
 * @param length as it announces it
 */
export async function readMessage(
  bytes: Buffer,
  length: number,
  { from, budget, share, lender }: BatchContext,
): Promise<BatchContent> {
  if (bytes.length < length) throw new Error(`cut off after ${bytes.length} of ${length} bytes`)
  const message = messageAt(new ByteCursor(bytes))
  const codec = message.attributes & CODEC_MASK
  requireCodec(codec)
  const own = new BatchBudget(budget)
  const { offset, timestamp } = message
  if (offset < from) return { records: NO_RECORDS, lastOffset: offset, isCutShort: false }
  if (codec === 0) {
    await own.unpack(codec, bytes, 1)
    own.hasRoomFor(length, 0)
    own.use(length, 0)
    own.end()
    // Never released: the record refers to the bytes.
    lender.lend(bytes)
    const records = new RecordList([recordOf(message, offset, timestamp, length)])
    return { records, lastOffset: offset, isCutShort: false }
  }
  const unpacked = await own.unpack(codec, message.value ?? Buffer.alloc(0), 1)
  const isCopied = !own.isWhole(unpacked.length, unpacked.length / SMALLEST_MESSAGE)
  try {
    const wrapper = { ...message, isRelative: magicOf(bytes) > 0 }
    const content = await readInner(unpacked, wrapper, own, { from, share, isCopied })
    own.end()
    return content
  } finally {
    if (isCopied) releaseBuffer(unpacked)
  }
}

interface InnerContext extends Pick<BatchContext, 'from' | 'share'> {
  /** A part of a large message must not keep all of it in memory. */
  readonly isCopied: boolean
}

/** The messages that were compressed together. @param wrapper the message that holds them */
async function readInner(
  bytes: Buffer,
  wrapper: Message & { readonly isRelative: boolean },
  budget: BatchBudget,
  { from, share, isCopied }: InnerContext,
): Promise<BatchContent> {
  const base = wrapper.offset - lastInnerOffset(bytes)
  const ofAll = (wrapper.attributes & LOG_APPEND_TIME) !== 0 ? wrapper.timestamp : null
  const cursor = new ByteCursor(bytes)
  const records: FetchedRecord[] = []
  let last = from - 1n
  while (cursor.at < bytes.length) {
    if (share.isUsedUp(1)) await nextTurn()
    const start = cursor.at
    const inner = messageAt(cursor)
    if (inner.attributes & CODEC_MASK) throw new Error('compressed twice')
    const offset = wrapper.isRelative ? inner.offset + base : inner.offset
    if (offset < from) continue
    const size = cursor.at - start
    if (!budget.hasRoomFor(size, 0)) {
      if (offset <= last) throw new RangeError('offsets that do not ascend')
      return { records: new RecordList(records), lastOffset: last, isCutShort: true }
    }
    const record = recordOf(inner, offset, ofAll ?? inner.timestamp, size)
    records.push(isCopied ? copyOf(record) : record)
    budget.use(size, 0)
    last = offset
  }
  return { records: new RecordList(records), lastOffset: wrapper.offset, isCutShort: false }
}

function magicOf(message: Buffer): number {
  return message.readInt8(UNCOUNTED + 4)
}

function messageAt(cursor: ByteCursor): Message {
  const offset = cursor.int64()
  const size = cursor.int32()
  const end = cursor.at + size
  cursor.skip(4) // The checksum, which TLS makes needless.
  const magic = cursor.int8()
  if (magic !== 0 && magic !== 1) throw new Error(`unknown record format ${magic}`)
  const attributes = cursor.int8()
  const timestamp = magic === 0 ? NO_TIMESTAMP : cursor.int64()
  const key = cursor.slice(cursor.int32())
  const value = cursor.slice(cursor.int32())
  if (cursor.at !== end) throw new RangeError('the length of a message does not match its content')
  return { offset, attributes, timestamp, key, value }
}

/** The offsets inside count from 0, or are the real ones; the last one tells which. */
function lastInnerOffset(bytes: Buffer): bigint {
  const cursor = new ByteCursor(bytes)
  let last = 0
  while (cursor.at < bytes.length) {
    last = cursor.at
    cursor.skip(8)
    const size = cursor.int32()
    if (size < SMALLEST_MESSAGE - UNCOUNTED) throw new RangeError(`a message of ${size} bytes`)
    cursor.skip(size)
  }
  if (bytes.length === 0) throw new Error('no messages')
  return bytes.readBigInt64BE(last)
}

function recordOf(
  { key, value }: Message,
  offset: bigint,
  timestamp: bigint,
  bytes: number,
): FetchedRecord {
  return {
    offset: String(offset),
    key,
    value,
    timestamp: Number(timestamp),
    headers: null,
    size: sizeOf(bytes, 0) + BUFFERS_BYTES,
  }
}

function copyOf(record: FetchedRecord): FetchedRecord {
  const { key, value } = record
  const copy = (bytes: Bytes | null): Buffer | null => bytes && Buffer.from(bytes.subarray())
  return { ...record, key: copy(key), value: copy(value) }
}
