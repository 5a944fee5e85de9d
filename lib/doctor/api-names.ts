import { APIS } from '../kafka/protocol'

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(APIS).map(([name, { key }]) => [key, name]),
)

/** The name of a Kafka request; null if this package does not use it. */
export function apiName(key: number): string | null {
  return NAMES.get(key) ?? null
}
