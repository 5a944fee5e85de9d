/** Defaults of a writer. Sizes in bytes, times in milliseconds, but `writeTimeout` in seconds. */
export const WRITER_DEFAULTS = {
  format: 'auto',
  field: '',
  compression: 'gzip',
  order: 'spread',
  writeTimeout: 0,
  bufferRecords: 10_000,
  bufferBytes: 16_777_216,
  /** Limits of one batch: larger batches block the event loop for longer, and are no faster. */
  maxBatchRecords: 1_000,
  maxBatchBytes: 524_288,
  linger: 0,
} as const

/**
 * Allowed ranges. A `writeTimeout` of 0 is none. The greatest batch is what PutLogs took in 2021 (3 MB, 4,096
 * logs); the least buffer takes the largest log.
 */
export const WRITER_RANGES = {
  writeTimeout: { min: 0, max: 86_400 },
  bufferRecords: { min: 1, max: 1_000_000 },
  bufferBytes: { min: 1_048_576, max: 1_073_741_824 },
  maxBatchRecords: { min: 1, max: 4_096 },
  maxBatchBytes: { min: 1_024, max: 3_145_728 },
  linger: { min: 0, max: 5_000 },
} as const
