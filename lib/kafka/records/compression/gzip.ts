import { promisify } from 'node:util'
import { gunzip, gunzipSync } from 'node:zlib'
import { MAX_BATCH_BYTES, MAX_SYNC_INPUT, MAX_SYNC_OUTPUT } from './limits'

const gunzipAsync = promisify(gunzip)

/** No byte of deflate stands for more than this many. */
const LARGEST_RATIO = 1032
const SMALLEST_CHUNK = 16 * 1024
/** A gzip member ends with the length of its content, modulo 2^32 (RFC 1952, section 2.3.1). */
const LENGTH_BYTES = 4

/** kafkajs's own has no limit. @param limit in bytes */
export async function decompressGzip(bytes: Buffer, limit = MAX_BATCH_BYTES): Promise<Buffer> {
  const expected = Math.min(announcedLength(bytes), limit, bytes.length * LARGEST_RATIO)
  // One chunk that holds all: zlib would collect small ones and copy them, in twice the memory. One byte
  // more, or zlib allocates a second chunk to see that nothing follows.
  const options = { chunkSize: Math.max(SMALLEST_CHUNK, expected + 1), maxOutputLength: limit }
  if (bytes.length > MAX_SYNC_INPUT || expected > MAX_SYNC_OUTPUT) {
    return gunzipAsync(bytes, options)
  }
  try {
    return gunzipSync(bytes, { ...options, maxOutputLength: Math.min(limit, MAX_SYNC_OUTPUT) })
  } catch (error) {
    // It holds more than it announces, as several members do.
    if ((error as { code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') throw error
    return gunzipAsync(bytes, options)
  }
}

function announcedLength(bytes: Buffer): number {
  return bytes.length < LENGTH_BYTES ? 0 : bytes.readUInt32LE(bytes.length - LENGTH_BYTES)
}
