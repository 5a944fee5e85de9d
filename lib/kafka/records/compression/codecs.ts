import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { decompressGzip } from './gzip'
import { BatchTooLargeError, MAX_BATCH_BYTES } from './limits'
import { decompressLz4 } from './lz4'
import { decompressSnappy } from './snappy'
import { decompressZstd } from './zstd/zstd'

type Decompress = (bytes: Buffer, limit: number) => Promise<Buffer>

/** All codecs of Kafka, by their number in the attributes of a batch. */
const CODECS: Readonly<Record<number, { name: string; decompress: Decompress }>> = {
  1: { name: 'gzip', decompress: decompressGzip },
  2: { name: 'snappy', decompress: decompressSnappy },
  3: { name: 'lz4', decompress: decompressLz4 },
  4: { name: 'zstd', decompress: (bytes, limit) => decompressZstd(bytes, { limit }) },
}

/** The lowest bits of the attributes of a batch or message name its codec. */
export const CODEC_MASK = 0x07

/** A batch is compressed by something that we do not know. */
export class UnknownCodecError extends Error {
  override readonly name = 'UnknownCodecError'
  readonly codec: number

  constructor(codec: number) {
    super(`unknown codec ${codec}`)
    this.codec = codec
  }
}

/** @throws UnknownCodecError @param codec 0: not compressed */
export function requireCodec(codec: number): void {
  if (codec !== 0 && !CODECS[codec]) throw new UnknownCodecError(codec)
}

/** @param codec its number in the attributes of a batch */
export function codecName(codec: number): string {
  return codec === 0 ? 'none' : (CODECS[codec]?.name ?? String(codec))
}

/**
 * Ends on any input, with an error that begins with the name of the codec.
 *
 * @param codec its number in the attributes of a batch; 0: not compressed
 * @param limit in bytes
 * @throws BatchTooLargeError beyond the limit
 */
export async function decompress(
  codec: number,
  bytes: Buffer,
  limit = MAX_BATCH_BYTES,
): Promise<Buffer> {
  if (codec === 0) return bytes
  const known = CODECS[codec]
  if (!known) throw new UnknownCodecError(codec)
  try {
    return await known.decompress(bytes, limit)
  } catch (cause) {
    if (isTooLarge(cause)) throw new BatchTooLargeError(limit, known.name)
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${known.name}: ${reason}`, { cause })
  }
}

/** Whether a decompressed result exceeded its limit, by the error of node:zlib or of this package. */
function isTooLarge(error: unknown): boolean {
  return (
    error instanceof BatchTooLargeError ||
    (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'
  )
}

/** Smaller buffers can share a pool with others. */
const MIN_RELEASED_BYTES = 1_048_576

/**
 * Frees the memory of a large Buffer at once. The garbage collector keeps several such buffers: with
 * Node.js 24 the process used 230 MiB where 64 were needed. The transfer to a closed port drops the memory.
 * `ArrayBuffer.prototype.transfer` would be plainer, but needs Node.js 22.
 *
 * @param buffer that nothing refers to any more; it is empty afterwards
 */
export function releaseBuffer({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= MIN_RELEASED_BYTES) {
    closedPort.postMessage(null, [buffer])
  }
}

const closedPort = portWithoutReader()

function portWithoutReader(): MessagePort {
  const { port1, port2 } = new MessageChannel()
  port2.close()
  return port1
}
