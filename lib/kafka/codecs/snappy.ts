import { uncompress } from 'snappyjs'
import { BatchTooLargeError, MAX_BATCH_BYTES } from './limit'

/** How Kafka's Java client begins: the framing of the library that it uses, xerial's snappy-java. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** The magic and two versions of 32 bits. */
const XERIAL_HEADER = 16

/** Raw, as librdkafka sends it, or in xerial's framing: chunks of raw snappy with their lengths. */
export function decompressSnappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return decompressRaw(bytes)
  const chunks: Buffer[] = []
  let left = MAX_BATCH_BYTES
  for (let at = XERIAL_HEADER; at < bytes.length;) {
    const size = bytes.readInt32BE(at)
    at += 4
    if (size <= 0 || at + size > bytes.length) throw new Error('cut off')
    const chunk = decompressRaw(bytes.subarray(at, at + size), left)
    at += size
    left -= chunk.length
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function decompressRaw(bytes: Buffer, limit = MAX_BATCH_BYTES): Buffer {
  if (announcedLength(bytes) > limit) throw new BatchTooLargeError()
  return uncompress(bytes)
}

/** Raw snappy begins with its decompressed length, as a varint. */
function announcedLength(bytes: Buffer): number {
  let length = 0
  for (const [index, byte] of bytes.subarray(0, 5).entries()) {
    length += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return length
  }
  throw new Error('no snappy')
}
