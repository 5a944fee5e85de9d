import type { RecordSet } from '../record-set'

/** What is known of the records that one fetch brought for one shard, beside the records. */
export interface FetchFindings
  extends
    Pick<RecordSet, 'lastOffset' | 'unreadable' | 'isCutShort'>,
    Partial<Pick<RecordSet, 'codecs' | 'formats'>> {}

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

const throttleTimes = new WeakMap<readonly unknown[], number>()

/** @param time milliseconds for which the service wants to be asked nothing more */
export function setThrottleTime(records: readonly unknown[], time: number): void {
  throttleTimes.set(records, time)
}

/** 0 where the service asked for no rest. */
export function throttleTimeOf(records: readonly unknown[]): number {
  return throttleTimes.get(records) ?? 0
}
