import { ByteCursor } from '../records/byte-cursor'
import { EventLoopShare, nextTurn } from '../event-loop'
import { offsetAfter, readRecordSet, type RecordSet } from '../records/record-set'
import { ResponseBudget } from '../records/batch-budget'
import { NO_RECORDS } from '../records/fetched-records'
import { Lender } from '../records/lent-bytes'

/** One shard's part of a response, with its decoded records. */
export interface FetchedShardSet extends RecordSet {
  readonly logstore: string
  readonly shard: number
  /** 0 if there is none. A shard with an error has no records. */
  readonly errorCode: number
  readonly highWatermark: bigint
  /** Null below version 11, and -1 for none. */
  readonly preferredReplica: number | null
}

export interface FetchResponse {
  readonly throttleMs: number
  /** Error code of the whole response; 0 if there is none. */
  readonly errorCode: number
  readonly sessionId: number
  readonly shards: readonly FetchedShardSet[]
}

/**
 * Share of the bytes asked for from which on a response counts as full: a shard without records behind
 * it may have some that had no room.
 */
const FULL_AT = 0.5

type ShardHeader = Omit<FetchedShardSet, keyof RecordSet>

/** @returns the offset that a shard was asked from; undefined if it was not asked for */
type OffsetAskedFor = (logstore: string, shard: number) => bigint | undefined

const NOTHING: RecordSet = {
  records: NO_RECORDS,
  lastOffset: null,
  unreadable: null,
  isCutShort: false,
  codecs: new Set(),
  formats: new Set(),
}

/** What a response is read with. */
export interface FetchResponseContext {
  readonly askedFor: OffsetAskedFor
  /** Most bytes of the whole response, as requested. */
  readonly maxBytes: number
  /** See `KafkaRequest.decode`. */
  readonly onReleased?: (() => void) | undefined
}

/**
 * Decodes a Fetch response of the versions 0 to 11 in place: keys and values are parts of the response.
 * Takes linear time and yields to the event loop. Stops at the budget; shards that are cut short are
 * requested first in the next fetch.
 *
 * @throws RangeError if the response is incomplete
 */
export async function readFetchResponse(
  bytes: Buffer,
  version: number,
  { askedFor, maxBytes, onReleased = () => undefined }: FetchResponseContext,
): Promise<FetchResponse> {
  const { throttleMs, errorCode, sessionId, cursor } = responseHeader(bytes, version)
  const lender = new Lender(onReleased)
  const context = { budget: new ResponseBudget(), share: new EventLoopShare(), lender }
  const shards: FetchedShardSet[] = []
  let size = 0
  for (const { header, set } of shardSets(cursor, version)) {
    const from = askedFor(header.logstore, header.shard) ?? 0n
    if (header.errorCode !== 0) shards.push({ ...header, ...NOTHING })
    else if (!set?.length) {
      shards.push({ ...header, ...NOTHING, isCutShort: size >= maxBytes * FULL_AT })
    } else {
      size += set.length
      shards.push({ ...header, ...(await readRecordSet(set, { ...context, from })) })
    }
    if (context.share.isUsedUp(1)) await nextTurn()
  }
  lender.complete()
  return { throttleMs, errorCode, sessionId, shards }
}

/**
 * The offset after the last batch of each shard, read from the batch headers; null if the response has
 * none. A shard with an error is left out.
 */
export type NextOffsets = ReadonlyMap<number, bigint | null>

/**
 * Where the shards that a response serves go on, before its records are read.
 *
 * @returns null for a response with an error or a throttle time, and for one that is not complete
 */
export function nextOffsetsOf(
  bytes: Buffer,
  version: number,
  logstore: string,
): NextOffsets | null {
  try {
    const { throttleMs, errorCode, cursor } = responseHeader(bytes, version)
    if (throttleMs > 0 || errorCode !== 0) return null
    const outline = new Map<number, bigint | null>()
    for (const { header, set } of shardSets(cursor, version)) {
      if (header.logstore !== logstore || header.errorCode !== 0) continue
      outline.set(header.shard, set && offsetAfter(set))
    }
    return outline
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function responseHeader(
  bytes: Buffer,
  version: number,
): Omit<FetchResponse, 'shards'> & { readonly cursor: ByteCursor } {
  const cursor = new ByteCursor(bytes)
  const throttleMs = version >= 1 ? cursor.int32() : 0
  const errorCode = version >= 7 ? cursor.int16() : 0
  const sessionId = version >= 7 ? cursor.int32() : 0
  return { throttleMs, errorCode, sessionId, cursor }
}

function* shardSets(
  cursor: ByteCursor,
  version: number,
): Generator<{ readonly header: ShardHeader; readonly set: Buffer | null }> {
  for (let topics = cursor.int32(); topics > 0; topics--) {
    const logstore = cursor.slice(cursor.int16())?.toString() ?? ''
    for (let left = cursor.int32(); left > 0; left--) {
      const header = shardHeader(cursor, version, logstore)
      yield { header, set: cursor.slice(cursor.int32()) }
    }
  }
}

function shardHeader(cursor: ByteCursor, version: number, logstore: string): ShardHeader {
  const shard = cursor.int32()
  const errorCode = cursor.int16()
  const highWatermark = cursor.int64()
  if (version >= 4) cursor.skip(8) // last_stable_offset
  if (version >= 5) cursor.skip(8) // log_start_offset
  // Records of aborted transactions are asked for with all others, so that the list is not needed.
  if (version >= 4) cursor.skip(16 * Math.max(0, cursor.int32()))
  const preferredReplica = version >= 11 ? cursor.int32() : null
  return { logstore, shard, errorCode, highWatermark, preferredReplica }
}
