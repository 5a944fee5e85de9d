import { SlsKafkaError } from '../errors'
import type { LogSource, OffsetRange } from '../kafka/log-source'

/** The target of a seek: an offset, either end of a shard, or a time in ms since 1970. */
export type SeekTarget =
  { readonly offset: bigint } | { readonly edge: 'earliest' | 'latest' } | { readonly time: number }

/** The part of a source that finds offsets. */
export type OffsetLookUp = Pick<LogSource, 'offsetRanges' | 'offsetsAt'>

/**
 * Finds the offset of a target in each of the shards.
 *
 * @throws SlsKafkaError `SLS_OFFSET_OUT_OF_RANGE`, or `SLS_SEEK_FAILED` for a shard that is missing
 * in the response; also what the source rejects with
 */
export async function offsetsOf(
  target: SeekTarget,
  shards: readonly number[],
  lookUp: OffsetLookUp,
): Promise<Map<number, bigint>> {
  if ('time' in target) {
    const offsets = await lookUp.offsetsAt(target.time)
    return new Map(shards.map((shard) => [shard, known(offsets.get(shard), shard)]))
  }
  const ranges = await lookUp.offsetRanges()
  return new Map(
    shards.map((shard) => [shard, within(known(ranges.get(shard), shard), target, shard)]),
  )
}

function known<T>(found: T | undefined, shard: number): T {
  if (found !== undefined) return found
  throw new SlsKafkaError('SLS_SEEK_FAILED', { shards: shard, reasonKey: 'offsets-unknown' })
}

function within(
  { earliest, end }: OffsetRange,
  target: Exclude<SeekTarget, { time: number }>,
  shard: number,
): bigint {
  if ('edge' in target) return target.edge === 'earliest' ? earliest : end
  const { offset } = target
  if (offset >= earliest && offset <= end) return offset
  const range = { earliest: String(earliest), end: String(end) }
  throw new SlsKafkaError('SLS_OFFSET_OUT_OF_RANGE', { shard, offset: String(offset), ...range })
}
