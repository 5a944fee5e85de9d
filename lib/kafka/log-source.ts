/**
 * The port between a consumer and a Kafka client: one membership in a group that reads one logstore. The
 * caller decides which offsets can be committed.
 */
export interface LogSource {
  /**
   * False when the group has not responded for a whole session timeout, for example because the process was
   * suspended. The shards may belong to another member, so no record of them must be sent.
   */
  readonly isWithinSession: boolean
  /**
   * Runs the membership until `signal` aborts, and can be called once. Resolves after the member has left
   * the group; rejects with the error that ended the membership. After that the source emits no event and
   * has no open socket.
   */
  run(signal: AbortSignal): Promise<void>
  /** Stops fetching a shard. Loses no record only when called inside the `fetched` event. */
  pause(shard: number): void
  resume(shard: number): void
  /**
   * Moves the position of an assigned shard. The response to a fetch under way is discarded.
   */
  seek(shard: number, offset: bigint): void
  /** Offsets that can be read, by shard. Rejects when the request fails. */
  offsetRanges(): Promise<ReadonlyMap<number, OffsetRange>>
  /**
   * The offset of the first record at or after a time, by shard. Rejects when the request fails.
   *
   * @param time unix ms
   */
  offsetsAt(time: number): Promise<ReadonlyMap<number, bigint>>
  /** Sends one commit in the generation that assigned the shards. Never rejects. */
  commit(offsets: ReadonlyMap<number, bigint>): Promise<CommitResult>
}

export interface CommitResult {
  readonly outcome: CommitOutcome
  /** Shards whose offset the group has accepted: all for `committed`, otherwise possibly some. */
  readonly shards: ReadonlySet<number>
}

/** `fenced`: the group has moved on and the shards may belong to another member. */
export type CommitOutcome = 'committed' | 'fenced' | 'failed'

/** Offsets that can be read: from the first record to the offset after the last one. */
export interface OffsetRange {
  readonly earliest: bigint
  readonly end: bigint
}

/** Bytes that can be a part of a larger memory. A Buffer has this shape. No other one is an array of bytes. */
export interface Bytes {
  readonly length: number
  toString(encoding?: 'utf8'): string
  /** A Buffer of the same memory. */
  subarray(): Buffer
}

/** One record as the service sent it. Key, value and headers are parts of the fetch response. */
export interface FetchedRecord {
  /** Decimal text, because a JavaScript number is exact only up to 2^53. */
  readonly offset: string
  readonly key: Bytes | null
  readonly value: Bytes | null
  /** Unix ms as the service sent it, in some deployments unix seconds; -1 for none. */
  readonly timestamp: number
  /** In the order of the record, with repeated names; null if there are none. */
  readonly headers?: readonly RecordHeader[] | null
  /** Memory in bytes that the record takes until it is done: its content, and the objects for it; approximate. */
  readonly size: number
}

export type RecordHeader = readonly [name: string, value: Buffer | null]

/** Records that are taken out in their order. Each is made when it is taken. */
export interface FetchedRecords {
  /** Number of the records that are left. */
  readonly length: number
  /** Sum of the sizes of the records that are left. */
  readonly size: number
  /**
   * Takes out the next records, at most `count`. `use` copies what it needs of the bytes of a record: their memory
   * can be used again as soon as it returns. A record for which it throws has been taken out as well.
   */
  take(count: number, use: (record: FetchedRecord) => void): void
  /** Takes out all records that are left, whose bytes stay. */
  takeAll(): FetchedRecord[]
}

export interface FetchedBatch {
  readonly shard: number
  readonly records: FetchedRecords
  /** The next offset to fetch. The last offsets of a batch can have no record. */
  readonly next: bigint
}

export interface Assignment {
  readonly shards: readonly number[]
  /** Shards that no other member can have owned since the last assignment: their positions are kept. */
  readonly kept: ReadonlySet<number>
  /** Number of shards of the logstore, including those of other members. */
  readonly total: number
}

/** A batch that cannot be decoded. */
export interface UnreadableSpan {
  readonly first: bigint
  /** Null if the header of the batch cannot be read. */
  readonly last: bigint | null
}

/** Offsets are decimal text. */
export interface PositionReset {
  readonly shard: number
  /** The position, which the service does not have. */
  readonly previousOffset: string
  /** The offset of the earliest record, where fetching continues. */
  readonly newOffset: string
}

/** Events of a source. */
export type SourceEvent =
  | { readonly type: 'connecting' }
  | { readonly type: 'joining' }
  /** The join waits for other members. `sinceMs` is the start of the wait in monotonic ms. */
  | { readonly type: 'join-waits'; readonly sinceMs: number }
  | { readonly type: 'assigned'; readonly assignment: Assignment }
  /**
   * No shard was assigned to this member. `isLogstoreUnassigned` is true if no member has a shard, because
   * the leader is another kind of client, which assigns only the logstores that it reads.
   */
  | { readonly type: 'no-assignment'; readonly isLogstoreUnassigned: boolean }
  | { readonly type: 'fetched'; readonly batch: FetchedBatch }
  /** A fetch response had no record of the shard, because there is no later record. */
  | { readonly type: 'caught-up'; readonly shard: number }
  /** A fetch response had no record of the shard, because a size limit ended the response before. */
  | { readonly type: 'cut-short'; readonly shard: number }
  /**
   * The shard cannot be read. `unreadable` is null for a failure that can end by itself; otherwise no retry
   * can read beyond that batch. Other shards are not affected.
   */
  | {
      readonly type: 'shard-failed'
      readonly shard: number
      readonly error: unknown
      readonly unreadable: UnreadableSpan | null
    }
  /**
   * The position of a shard was out of range, because its records have expired or the logstore was created
   * again. Fetching continues at the earliest record, which can precede the committed offset.
   */
  | { readonly type: 'position-reset'; readonly reset: PositionReset }
  /** The service throttles the client, which waits for this time. */
  | { readonly type: 'throttled'; readonly milliseconds: number }
  /**
   * The membership works: a fetch response has arrived or is arriving. While no shard can be fetched, a
   * heartbeat has succeeded.
   */
  | { readonly type: 'alive' }
  /** A request or a connection failed. The source retries and keeps its membership. */
  | { readonly type: 'trouble'; readonly error: unknown }

export interface SourceListener {
  /** Called synchronously. An exception ends the membership. */
  onEvent(event: SourceEvent): void
  /** The member can lose its shards next: the listener commits now. The source waits for at most 3 s. */
  beforeRelease(reason: ReleaseReason): Promise<void>
}

/** `failure` means that the client has failed, while the process and its flow keep running. */
export type ReleaseReason = 'rebalance' | 'stop' | 'failure'
