/**
 * Defaults of an `sls-kafka-in`. Session and rebalance timeouts are the values that Alibaba publishes for
 * Kafka clients of SLS (sls.aliyun.com, "Kafka consumption").
 */
export const CONSUMER_DEFAULTS = {
  startFrom: 'latest',
  format: 'auto',
  emit: 'record',
  batchSize: 100,
  batchWait: 1_000,
  commit: 'onSend',
  /** For single records; batches have {@link defaultMaxInFlight}. */
  maxInFlight: 100,
  maxAttempts: 0,
  retryDelay: 1_000,
  onExhausted: 'stop',
  ackTimeout: 0,
  commitInterval: 5_000,
  sessionTimeout: 120_000,
  rebalanceTimeout: 130_000,
  maxBytesPerShard: 1_048_576,
  maxInFlightBytes: 16_777_216,
} as const

/**
 * Allowed ranges: milliseconds for times, but seconds for `ackTimeout`; bytes for sizes; records a second for
 * the rate. A `maxAttempts` of 0 is unlimited, and an `ackTimeout` of 0 is none.
 */
export const CONSUMER_RANGES = {
  maxRate: { min: 1, max: 1_000_000 },
  batchSize: { min: 1, max: 10_000 },
  batchWait: { min: 0, max: 600_000 },
  maxInFlight: { min: 1, max: 10_000 },
  maxAttempts: { min: 0, max: 1_000 },
  retryDelay: { min: 100, max: 60_000 },
  ackTimeout: { min: 0, max: 86_400 },
  commitInterval: { min: 100, max: 3_600_000 },
  sessionTimeout: { min: 6_000, max: 1_800_000 },
  rebalanceTimeout: { min: 6_000, max: 1_800_000 },
  maxBytesPerShard: { min: 16_384, max: 4_194_304 },
  maxInFlightBytes: { min: 1_048_576, max: 1_073_741_824 },
} as const

/** Message batches that the default of `maxInFlight` allows. With one, the next waits for its ack. */
const BATCHES_IN_FLIGHT = 10

/**
 * The records in flight that apply while `maxInFlight` is empty. A limit of 100 would fit one batch of the
 * default size, and the flow reaches only 0.65 of the rate of single records.
 *
 * @param batchSize records in a full batch; null for single records
 */
export function defaultMaxInFlight(batchSize: number | null): number {
  const { maxInFlight } = CONSUMER_DEFAULTS
  if (batchSize === null) return maxInFlight
  const wanted = Math.max(maxInFlight, BATCHES_IN_FLIGHT * batchSize)
  return Math.min(wanted, CONSUMER_RANGES.maxInFlight.max)
}
