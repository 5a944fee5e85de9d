import type * as KafkaJS from 'kafkajs'
import { decompressGzip } from './gzip'
import { BatchTooLargeError } from './limit'
import { decompressLz4 } from './lz4'
import { decompressSnappy } from './snappy'
import { decompressZstd } from './zstd'

type Decompress = (bytes: Buffer) => Buffer | Promise<Buffer>

/** By the number in the attributes of a batch. Kafka has no others. */
const CODECS: Readonly<Record<number, { name: string; decompress: Decompress }>> = {
  1: { name: 'gzip', decompress: decompressGzip },
  2: { name: 'snappy', decompress: decompressSnappy },
  3: { name: 'lz4', decompress: decompressLz4 },
  4: { name: 'zstd', decompress: decompressZstd },
}

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

/** By kafkajs's public registry, which is one per copy of kafkajs: here the private one. */
export function registerCodecs(kafkajs: typeof KafkaJS): void {
  for (const [type, { name, decompress }] of Object.entries(CODECS)) {
    const registry: Record<number, unknown> = kafkajs.CompressionCodecs
    registry[Number(type)] = () => ({
      decompress: (bytes: Buffer) => explained(name, decompress, bytes),
    })
  }
}

async function explained(name: string, decompress: Decompress, bytes: Buffer): Promise<Buffer> {
  try {
    return await decompress(bytes)
  } catch (cause) {
    const error = isTooLarge(cause) ? new BatchTooLargeError() : cause
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`${name}: ${reason}`, { cause })
  }
}

/** What node:zlib says of it, and our own. */
function isTooLarge(error: unknown): boolean {
  return (
    error instanceof BatchTooLargeError ||
    (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'
  )
}
