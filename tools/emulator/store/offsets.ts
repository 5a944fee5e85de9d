/**
 * SLS's offsets, as worked out from committed offsets that Alibaba published:
 * `offset = (index of the log group in its shard << 17) | (index of the log in its group)`.
 * They jump at every log group, and can exceed 2^53: always bigint.
 */
const INDEX_BITS = 17n
const INDEX_MASK = (1n << INDEX_BITS) - 1n

/** SLS silently drops what a log group holds beyond this. Source: sls-doc, kafka_overview.md. */
export const MAX_LOGS_PER_GROUP = 100_000

/** More do not fit between the first offsets of two log groups. */
export const OFFSETS_PER_GROUP = 1 << 17

/** Offset of the first log of a log group. */
export function firstOffsetOf(groupIndex: bigint): bigint {
  return groupIndex << INDEX_BITS
}

export function groupIndexOf(offset: bigint): bigint {
  return offset >> INDEX_BITS
}

export function indexInGroup(offset: bigint): number {
  return Number(offset & INDEX_MASK)
}
