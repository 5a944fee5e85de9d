import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { MAX_BATCH_BYTES } from './limit'

const gunzipAsync = promisify(gunzip)

/** kafkajs's own has no limit. */
export function decompressGzip(bytes: Buffer): Promise<Buffer> {
  return gunzipAsync(bytes, { maxOutputLength: MAX_BATCH_BYTES })
}
