import * as zlib from 'node:zlib'

/** As the lowest three bits of a batch's attributes say it. */
export const Codec = { NONE: 0, GZIP: 1, SNAPPY: 2, LZ4: 3, ZSTD: 4 } as const

/** What this endpoint can compress with; batches of other codecs have to come ready-made. */
export const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const
export type Compression = (typeof COMPRESSIONS)[number]

type Compress = (bytes: Buffer) => Buffer

/** Throws Error where this release of Node.js has no zstd. */
export function compress(
  compression: Compression,
  bytes: Buffer,
): { readonly codec: number; readonly payload: Buffer } {
  switch (compression) {
    case 'none':
      return { codec: Codec.NONE, payload: bytes }
    case 'gzip':
      return { codec: Codec.GZIP, payload: zlib.gzipSync(bytes) }
    case 'zstd':
      return { codec: Codec.ZSTD, payload: zstd()(bytes) }
  }
}

export function isAvailable(compression: Compression): boolean {
  return compression !== 'zstd' || 'zstdCompressSync' in zlib
}

function zstd(): Compress {
  const { zstdCompressSync } = zlib as { readonly zstdCompressSync?: Compress }
  if (zstdCompressSync) return zstdCompressSync
  throw new Error('zstd needs Node.js 22.15 or later')
}
