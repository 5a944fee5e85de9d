import { readFetchResponse, type FetchResponse } from './fetch-response'
import { encodeBody } from '../protocol'
import type { KafkaRequest } from '../request'

interface ShardFetch {
  readonly shard: number
  /** Position: next offset to read. */
  readonly offset: bigint
  readonly maxBytes: number
}

export interface FetchFields {
  readonly logstore: string
  /** Milliseconds that the service may wait for a first record. */
  readonly maxWaitMs: number
  readonly minBytes: number
  /** Most bytes of the whole response. One record batch can be larger. */
  readonly maxBytes: number
  readonly shards: readonly ShardFetch[]
}

/** Records of open transactions as well; SLS has none. */
const READ_UNCOMMITTED = 0
/** Fetch sessions are not used: each request names all of its shards. */
const NO_SESSION = { sessionId: 0, sessionEpoch: -1 }
/** The broker does not compare the epoch of the leader. */
const ANY_LEADER_EPOCH = -1

/** Asks for records of one logstore. The records of the response are slices of its bytes. */
export function fetchShards(fields: FetchFields): KafkaRequest<FetchResponse> {
  const { logstore, maxWaitMs, minBytes, maxBytes, shards } = fields
  const offsets = new Map(shards.map(({ shard, offset }) => [shard, offset]))
  return {
    api: 'Fetch',
    encode(version) {
      const partitions = shards.map(({ shard, offset, maxBytes: shardBytes }) => ({
        partition: shard,
        currentLeaderEpoch: ANY_LEADER_EPOCH,
        fetchOffset: offset,
        maxBytes: shardBytes,
      }))
      return encodeBody('Fetch', version, {
        maxWaitTime: maxWaitMs,
        minBytes,
        maxBytes,
        isolationLevel: READ_UNCOMMITTED,
        ...NO_SESSION,
        topics: [{ topic: logstore, partitions }],
      })
    },
    decode: (body, version, onReleased) =>
      readFetchResponse(body, version, {
        askedFor: (topic, shard) => (topic === logstore ? offsets.get(shard) : undefined),
        maxBytes,
        onReleased,
      }),
  }
}
