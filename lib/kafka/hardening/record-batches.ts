import { requireCodec } from '../codecs/codecs'
import { MAX_BATCH_BYTES } from '../codecs/limit'
import { AT, UNCOUNTED } from './batch-header'
import { setCodecs, setFindings, UnreadableBatchError } from './fetched-records'

/**
 * kafkajs appends the records of a batch as arguments of one call, which ends in a RangeError beyond
 * some 100,000 records (pull request tulios/kafkajs#1723); one batch that cannot be decoded takes the
 * answers for all other shards with it, again and again; a compression that it does not know counts as
 * none; and where a batch without records ends is lost (#594, #1072). Here each batch is decoded by
 * itself, and what was found is kept beside the records.
 */
interface Decoder {
  readonly buffer: Buffer
  readInt32(): number
  readBytes(count: number): Buffer
}

type DecodeMessages = (decoder: Decoder) => Promise<unknown[]>

interface Parts {
  readonly Decoder: new (bytes: Buffer) => Decoder
  readonly decodeBatch: (decoder: Decoder) => Promise<{ records: unknown[] }>
  readonly decodeOldFormat: (decoder: Decoder, size: number) => Promise<unknown[]>
}

/** Where the format of before Kafka 0.11 has its attributes. */
const OLD_ATTRIBUTES_AT = 17
const HEADER = AT.records
const MAGIC = 2
const CODEC_MASK = 0x07
const SMALLEST_RECORD = 7

export const file = 'src/protocol/requests/fetch/v4/decodeMessages.js'

export function rewrite(_original: unknown, load: (file: string) => unknown): DecodeMessages {
  const parts: Parts = {
    Decoder: load('src/protocol/decoder.js') as Parts['Decoder'],
    decodeBatch: load('src/protocol/recordBatch/v0/decoder.js') as Parts['decodeBatch'],
    decodeOldFormat: load('src/protocol/messageSet/decoder.js') as Parts['decodeOldFormat'],
  }

  return async function decodeMessages(decoder) {
    const size = decoder.readInt32()
    if (size <= 0) return []
    const bytes = decoder.readBytes(size)
    const isOldFormat = bytes.length > AT.magic && bytes.readInt8(AT.magic) < MAGIC
    return isOldFormat ? decodeOldFormat(bytes, parts) : decodeBatches(bytes, parts)
  }
}

/** Of before Kafka 0.11. */
async function decodeOldFormat(bytes: Buffer, parts: Parts): Promise<unknown[]> {
  const offset = bytes.readBigInt64BE(0)
  try {
    const isCompressed = (bytes.readInt8(OLD_ATTRIBUTES_AT) & CODEC_MASK) !== 0
    // kafkajs counts them as JS numbers, which are not exact there, and we would commit such an offset.
    if (isCompressed && offset > Number.MAX_SAFE_INTEGER) {
      throw new Error('compressed records of the format before Kafka 0.11, with offsets above 2^53')
    }
    return await parts.decodeOldFormat(new parts.Decoder(bytes), bytes.length)
  } catch (error) {
    const unreadable = new UnreadableBatchError(offset, error)
    const records: unknown[] = []
    setFindings(records, { lastOffset: null, unreadable })
    return records
  }
}

async function decodeBatches(bytes: Buffer, parts: Parts): Promise<unknown[]> {
  const records: unknown[] = []
  let lastOffset: bigint | null = null
  let unreadable: UnreadableBatchError | null = null
  const codecs = new Set<number>()
  for (let at = 0; bytes.length - at >= UNCOUNTED;) {
    const baseOffset = bytes.readBigInt64BE(at)
    const end = at + UNCOUNTED + bytes.readInt32BE(at + AT.length)
    // An answer may end within a batch, because it is cut at its largest size; but not in the first.
    if (end > bytes.length && at > 0) break
    const batch = bytes.subarray(at, end)
    try {
      codecs.add(checkHeader(batch, end - at))
      for (const record of (await parts.decodeBatch(new parts.Decoder(batch))).records) {
        records.push(record)
      }
    } catch (error) {
      unreadable = new UnreadableBatchError(baseOffset, error, lastOffsetOf(batch))
      break
    }
    lastOffset = baseOffset + BigInt(batch.readInt32BE(AT.lastOffsetDelta))
    at = end
  }
  setFindings(records, { lastOffset, unreadable })
  setCodecs(records, codecs)
  return records
}

/** As the header says, which is never compressed; null if there is no header to believe. */
function lastOffsetOf(batch: Buffer): bigint | null {
  if (batch.length < HEADER || batch.readInt8(AT.magic) !== MAGIC) return null
  const delta = batch.readInt32BE(AT.lastOffsetDelta)
  return delta < 0 ? null : batch.readBigInt64BE(0) + BigInt(delta)
}

/** Refuses what would make the decoder read nonsense, or allocate for it. @returns the codec's number */
function checkHeader(batch: Buffer, length: number): number {
  if (length < HEADER) throw new Error(`a batch of ${length} bytes`)
  if (batch.length < length) throw new Error(`cut off after ${batch.length} of ${length} bytes`)
  const magic = batch.readInt8(AT.magic)
  if (magic !== MAGIC) throw new Error(`unknown record format ${magic}`)
  const codec = batch.readInt16BE(AT.attributes) & CODEC_MASK
  requireCodec(codec)
  const count = batch.readInt32BE(AT.recordCount)
  const space = codec === 0 ? length - HEADER : MAX_BATCH_BYTES
  if (count < 0 || count * SMALLEST_RECORD > space) throw new Error(`a batch of ${count} records`)
  return codec
}
