/**
 * Defaults of an `sls-kafka-in`. Session and rebalance time-outs are the values that Alibaba
 * publishes for Kafka clients of SLS (sls.aliyun.com, "Kafka consumption").
 */
export const CONSUMER_DEFAULTS = {
  startFrom: 'latest',
  format: 'auto',
  emit: 'record',
  batchSize: 100,
  batchWait: 1_000,
  commit: 'onSend',
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
 * Allowed ranges: milliseconds for times, but seconds for the ack time-out; bytes for sizes; records
 * a second for the rate. No attempts at most is for ever, no ack time-out is to wait.
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
