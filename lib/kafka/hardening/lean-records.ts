import { AT, UNCOUNTED } from './batch-header'

/**
 * For each record kafkajs reads the text of its batch's first offset and time into BigInts again, and
 * copies the record's place in the answer into several objects: most of the time that reading takes
 * (no upstream issue). Here a record costs little more than what is kept of it.
 */
interface Decoder {
  readonly buffer: Buffer
  offset: number
}

interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>
}

/** What the header of a batch says, as kafkajs's filter of aborted transactions asks for it. */
interface BatchContext {
  readonly producerId: string
  readonly inTransaction: boolean
}

interface LeanRecord {
  readonly magicByte: number
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Record<string, Buffer | (Buffer | null)[] | null> | undefined
  readonly isControlRecord: boolean
  readonly batchContext: BatchContext
}

type DecodeBatch = (decoder: Decoder) => Promise<{ records: LeanRecord[] }>

const LOG_APPEND_TIME = 0x08
const TRANSACTIONAL = 0x10
const CONTROL = 0x20

const MAX_VARINT_BITS = 28
const MAX_VARLONG_BITS = 63

export const file = 'src/protocol/recordBatch/v0/decoder.js'

export function rewrite(_original: unknown, load: (file: string) => unknown): DecodeBatch {
  const { lookupCodecByAttributes } = load('src/protocol/message/compression/index.js') as {
    lookupCodecByAttributes: (attributes: number) => Codec | null
  }

  return async function decodeBatch(decoder) {
    const { buffer, offset } = decoder
    decoder.offset += UNCOUNTED + buffer.readInt32BE(offset + AT.length)
    const batch = buffer.subarray(offset, decoder.offset)
    const codec = lookupCodecByAttributes(batch.readInt16BE(AT.attributes))
    const packed = batch.subarray(AT.records)
    return { records: recordsOf(batch, codec ? await codec.decompress(packed) : packed) }
  }
}

function recordsOf(batch: Buffer, bytes: Buffer): LeanRecord[] {
  const attributes = batch.readInt16BE(AT.attributes)
  const magicByte = batch.readInt8(AT.magic)
  const firstOffset = batch.readBigInt64BE(0)
  const isControlRecord = (attributes & CONTROL) !== 0
  const batchContext = {
    producerId: String(batch.readBigInt64BE(AT.producerId)),
    inTransaction: (attributes & TRANSACTIONAL) !== 0,
  }
  const timestampOf = timestamps(batch, attributes)
  const cursor = new Cursor(bytes)
  const records: LeanRecord[] = []
  for (let left = batch.readInt32BE(AT.recordCount); left > 0; left--) {
    const end = cursor.length() + cursor.at
    cursor.at++ // Attributes: none are defined.
    const timestamp = timestampOf(cursor.varLong())
    const offset = String(firstOffset + BigInt(cursor.varInt()))
    const key = cursor.bytes()
    const value = cursor.bytes()
    const headers = headersOf(cursor)
    if (cursor.at !== end) throw new RangeError('a record of another length than it tells')
    records.push({
      magicByte,
      offset,
      timestamp,
      key,
      value,
      headers,
      isControlRecord,
      batchContext,
    })
  }
  return records
}

/** Most records of a batch have the time of the one before. */
function timestamps(batch: Buffer, attributes: number): (delta: bigint | number) => string {
  if ((attributes & LOG_APPEND_TIME) !== 0) {
    const ofAll = String(batch.readBigInt64BE(AT.maxTimestamp))
    return () => ofAll
  }
  const first = batch.readBigInt64BE(AT.firstTimestamp)
  let lastDelta: bigint | number = 0
  let last = String(first)
  return (delta) => {
    if (delta !== lastDelta) {
      lastDelta = delta
      last = String(first + BigInt(delta))
    }
    return last
  }
}

function headersOf(cursor: Cursor): LeanRecord['headers'] {
  const count = cursor.varInt()
  if (count <= 0) return undefined
  let headers: NonNullable<LeanRecord['headers']> = {}
  for (let left = count; left > 0; left--) {
    const name = cursor.bytes()?.toString() ?? ''
    const value = cursor.bytes()
    const known = headers[name]
    const values = Array.isArray(known) ? [...known, value] : [known ?? null, value]
    headers = { ...headers, [name]: known === undefined ? value : values }
  }
  return headers
}

/** Reads one field after the other, and nothing beyond the end. */
class Cursor {
  at = 0
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Null if its length says so. */
  bytes(): Buffer | null {
    const length = this.varInt()
    if (length < 0) return null
    const start = this.at
    this.at += length
    if (this.at > this.#bytes.length) throw new RangeError('a field beyond the end of its batch')
    return this.#bytes.subarray(start, this.at)
  }

  length(): number {
    const length = this.varInt()
    if (length < 0) throw new RangeError(`a record of ${length} bytes`)
    return length
  }

  varInt(): number {
    let value = 0
    for (let bits = 0; bits <= MAX_VARINT_BITS; bits += 7) {
      const byte = this.#byte()
      value |= (byte & 0x7f) << bits
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
    throw new RangeError('a number of more than 32 bits')
  }

  /** Nearly all fit into a byte or some; the others are rare, and slow. */
  varLong(): bigint | number {
    const start = this.at
    let bits = 0
    while (this.#byte() >= 0x80) {
      bits += 7
      if (bits > MAX_VARLONG_BITS) throw new RangeError('a number of more than 64 bits')
    }
    const end = this.at
    this.at = start
    if (bits < MAX_VARINT_BITS) return this.varInt()
    let value = 0n
    for (; this.at < end; this.at++) {
      value |= BigInt((this.#bytes[this.at] ?? 0) & 0x7f) << BigInt(7 * (this.at - start))
    }
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
  }

  #byte(): number {
    const byte = this.#bytes[this.at++]
    if (byte === undefined) throw new RangeError('a record beyond the end of its batch')
    return byte
  }
}
