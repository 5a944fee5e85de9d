/**
 * A smaller timestamp is in seconds: as milliseconds it would lie before March 1973. Alibaba's sarama sample corrects
 * the same quirk of some deployments.
 */
const MAX_SECONDS = 100_000_000_000

/** Converts the timestamp of a record, in seconds or milliseconds, to milliseconds since 1970. */
export function normaliseTimestamp(timestamp: number): number {
  return timestamp > 0 && timestamp < MAX_SECONDS ? timestamp * 1000 : timestamp
}
