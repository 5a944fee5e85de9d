/**
 * Below this a number cannot be a recent time in milliseconds (it would lie before March 1973), so
 * it is one in seconds. Alibaba's sarama sample corrects the same quirk of some deployments.
 */
const LARGEST_SECONDS = 100_000_000_000

/**
 * @param raw a record's timestamp as kafkajs gives it: a decimal string
 * @returns milliseconds since 1970
 */
export function normaliseTimestamp(raw: string): number {
  const timestamp = Number(raw)
  return timestamp > 0 && timestamp < LARGEST_SECONDS ? timestamp * 1000 : timestamp
}
