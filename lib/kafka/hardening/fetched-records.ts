/** What is known of the records that one fetch brought for one shard, beside the records. */
export interface FetchFindings {
  /** Last offset of what was read, also where it holds no record; null if nothing was read. */
  readonly lastOffset: bigint | null
  /** Why it ends there although more was sent. */
  readonly unreadable: UnreadableBatchError | null
}

/** A record batch that cannot be decoded, and whatever follows it, since it would be read in vain. */
export class UnreadableBatchError extends Error {
  override readonly name = 'UnreadableBatchError'
  /** Where it begins. */
  readonly offset: bigint
  /** Where it ends; null if it does not tell. */
  readonly lastOffset: bigint | null

  constructor(offset: bigint, cause: unknown, lastOffset: bigint | null = null) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.offset = offset
    this.lastOffset = lastOffset
  }
}

// The list itself is all that kafkajs hands on from the decoder to the consumer.
const findingsByRecords = new WeakMap<readonly unknown[], FetchFindings>()

export function setFindings(records: readonly unknown[], findings: FetchFindings): void {
  findingsByRecords.set(records, findings)
}

export function findingsOf(records: readonly unknown[]): FetchFindings | undefined {
  return findingsByRecords.get(records)
}

const failures = new WeakMap<readonly unknown[], Error>()

/** The service refused to give the records of a shard. @param records the empty list in their place */
export function setFailure(records: readonly unknown[], error: Error): void {
  failures.set(records, error)
}

export function failureOf(records: readonly unknown[]): Error | undefined {
  return failures.get(records)
}

const codecs = new WeakMap<readonly unknown[], ReadonlySet<number>>()

/** @param found numbers of the codecs of the batches that the records came in; 0 is none */
export function setCodecs(records: readonly unknown[], found: ReadonlySet<number>): void {
  codecs.set(records, found)
}

/** Empty for the formats of before Kafka 0.11, and where no batch came. */
export function codecsOf(records: readonly unknown[]): ReadonlySet<number> {
  return codecs.get(records) ?? new Set()
}

const throttleTimes = new WeakMap<readonly unknown[], number>()

/** @param time milliseconds for which the service wants to be asked nothing more */
export function setThrottleTime(records: readonly unknown[], time: number): void {
  throttleTimes.set(records, time)
}

/** 0 where the service asked for no rest. */
export function throttleTimeOf(records: readonly unknown[]): number {
  return throttleTimes.get(records) ?? 0
}
