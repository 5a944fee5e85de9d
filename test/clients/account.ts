import assert from 'node:assert/strict'
import type { Delivery } from '../../tools/shared/group-client'

/** Lines by shard, each different from all others of its shard. */
export type Lines = readonly (readonly string[])[]

export type Deliveries = readonly Partial<Delivery>[]

/** Some client received every line; in a rebalance a line can be delivered twice. */
export function assertNothingLost(what: string, lines: Lines, deliveries: Deliveries): void {
  const times = timesDelivered(deliveries)
  assertNone(
    `lost, ${what}`,
    keysOf(lines).filter((key) => !times.has(key)),
  )
}

/** Every line was delivered to exactly one of them, and that once. */
export function assertOnceEach(what: string, lines: Lines, deliveries: Deliveries): void {
  assertNothingLost(what, lines, deliveries)
  const times = timesDelivered(deliveries)
  assertNone(
    `repeated, ${what}`,
    keysOf(lines).filter((key) => times.get(key) !== 1),
  )
}

/** Where each shard is read in order: everything has arrived that was written up to these lines. */
export function hasLastOfEach(
  lines: Lines,
  deliveries: Deliveries,
  shards: readonly number[] = [...lines.keys()],
): boolean {
  return shards.every((shard) => {
    const last = lines[shard]?.at(-1)
    return deliveries.some(({ partition, payload }) => partition === shard && payload === last)
  })
}

/** In the order of arrival, within each shard all of the lines and nothing else. */
export function assertDeliveredInOrder(lines: Lines, deliveries: Deliveries): void {
  assertOnceEach('all records', lines, deliveries)
  lines.forEach((expected, shard) => {
    const received = deliveries.filter(({ partition }) => partition === shard)
    assert.deepEqual(
      received.map(({ payload }) => payload),
      expected,
      `shard ${shard}`,
    )
  })
}

const SHOWN = 5

function assertNone(what: string, keys: readonly string[]): void {
  assert.equal(keys.length, 0, `${keys.length} ${what}: ${keys.slice(0, SHOWN).join(', ')}`)
}

function keysOf(lines: Lines): string[] {
  return lines.flatMap((ofShard, shard) => ofShard.map((line) => key(shard, line)))
}

function timesDelivered(deliveries: Deliveries): Map<string, number> {
  const times = new Map<string, number>()
  for (const { partition, payload } of deliveries) {
    const delivered = key(partition, payload)
    times.set(delivered, (times.get(delivered) ?? 0) + 1)
  }
  return times
}

function key(shard: number | undefined, line: unknown): string {
  return `${String(shard)}: ${String(line)}`
}
