/**
 * Below this a number cannot be a recent time in milliseconds (it would lie before March 1973), so
 * it is one in seconds. Alibaba's sarama sample corrects the same quirk of some deployments.
 */
const LARGEST_SECONDS = 100_000_000_000

/**
 * @param timestamp of a record, as the service delivers it
 * @returns milliseconds since 1970
 */
export function normaliseTimestamp(timestamp: number): number {
  return timestamp > 0 && timestamp < LARGEST_SECONDS ? timestamp * 1000 : timestamp
}
