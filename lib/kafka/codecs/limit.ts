/** Bytes of one batch when decompressed. A megabyte of gzip can hold a gigabyte. */
export const MAX_BATCH_BYTES = 64 * 1024 * 1024

export class BatchTooLargeError extends Error {
  override readonly name = 'BatchTooLargeError'

  constructor() {
    super(`more than ${MAX_BATCH_BYTES / 1024 / 1024} MiB when decompressed`)
  }
}
