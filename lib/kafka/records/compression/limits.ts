const MIB = 1_048_576

/** Bytes of one batch when decompressed. A megabyte of gzip can hold a gigabyte. */
export const MAX_BATCH_BYTES = 64 * MIB

/** Output of this many bytes takes a few milliseconds; then other work of the process gets its turn. */
export const BYTES_PER_TURN = MIB

/**
 * A thread of the pool costs some 50 µs. Input up to this size is decompressed at once, if what it
 * announces is small as well.
 */
export const MAX_SYNC_INPUT = 64 * 1024
export const MAX_SYNC_OUTPUT = 256 * 1024

export class BatchTooLargeError extends Error {
  override readonly name = 'BatchTooLargeError'

  /** @param limit in bytes @param codec its name, which begins the text */
  constructor(limit = MAX_BATCH_BYTES, codec?: string) {
    const text = `more than ${Math.floor(limit / MIB)} MiB when decompressed`
    super(codec === undefined ? text : `${codec}: ${text}`)
  }
}
