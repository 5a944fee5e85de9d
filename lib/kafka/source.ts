/**
 * The port between the consumer and a Kafka client: a source of log records of one logstore, read
 * as a member of a group. It knows nothing of delivery; what may be committed is decided outside.
 */
export interface LogSource {
  /**
   * False when the group was silent for a whole session timeout, for example because the process stood
   * still: the shards may belong to another member, and nothing more of them must be sent.
   */
  readonly isWithinSession: boolean
  /**
   * The whole life of one membership, in one promise, so that a start can never outlive a close.
   * Resolves after `signal` aborted and the group was left; rejects when the source could not start or
   * died, with whatever went wrong. Either way it reports nothing any more, and leaves no socket and no
   * member behind. Runs once.
   */
  run(signal: AbortSignal): Promise<void>
  /** Stops fetching for a shard. Takes effect without loss only from inside the `fetched` event. */
  pause(shard: number): void
  resume(shard: number): void
  /**
   * Reading of an own shard goes on here. Whatever a fetch that is still under way brings for it is
   * thrown away.
   */
  seek(shard: number, offset: bigint): void
  /** What can be read of each shard. Asked on a connection of its own; rejects when that fails. */
  offsetRanges(): Promise<ReadonlyMap<number, OffsetRange>>
  /**
   * For each shard the offset of the first record from this time on. Asked as above.
   *
   * @param time milliseconds since 1970
   */
  offsetsAt(time: number): Promise<ReadonlyMap<number, bigint>>
  /** One try, bound to the generation that the shards were assigned in; never rejects. */
  commit(offsets: ReadonlyMap<number, bigint>): Promise<CommitResult>
}

export interface CommitResult {
  readonly outcome: CommitOutcome
  /** Shards whose offset the group has taken: with `committed` all of them, else perhaps some. */
  readonly shards: ReadonlySet<number>
}

/** `fenced`: the group has moved on and the shards may belong to another member. */
export type CommitOutcome = 'committed' | 'fenced' | 'failed'

/** Offsets that a shard can be read from: its first record up to what follows its last one. */
export interface OffsetRange {
  readonly earliest: bigint
  readonly end: bigint
}

/** One record as the service delivered it. Key and value are slices of the fetched answer. */
export interface FetchedRecord {
  /** Decimal; never a JS number, which is exact only up to 2^53. */
  readonly offset: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** As delivered: milliseconds, of some deployments seconds, since 1970; -1 for none. */
  readonly timestamp: number
  /** In their order, also several of the same name; null if there are none. */
  readonly headers?: readonly RecordHeader[] | null
}

export type RecordHeader = readonly [name: string, value: Buffer | null]

export interface FetchedBatch {
  readonly shard: number
  readonly records: readonly FetchedRecord[]
  /** Offset that follows this batch, also where its last offsets hold no record. */
  readonly next: bigint
}

export interface Assignment {
  readonly shards: readonly number[]
  /** Of these, the ones that nobody else can have owned since: reading goes on where it was. */
  readonly kept: ReadonlySet<number>
  /** Shards of the logstore, whoever owns them. */
  readonly total: number
}

/** A batch that cannot be decoded. */
export interface UnreadableSpan {
  readonly first: bigint
  /** Null if the batch does not tell. */
  readonly last: bigint | null
}

/** Offsets are decimal text. */
export interface PositionReset {
  readonly shard: number
  /** Where reading was to go on, and what the service does not have. */
  readonly lost: string
  /** Where it goes on instead: the earliest record there is. */
  readonly found: string
}

/** What a source reports. */
export type SourceEvent =
  | { readonly type: 'connecting' }
  | { readonly type: 'joining' }
  /** The group lets the join wait for other members. `sinceMs`: monotonic, when the wait began. */
  | { readonly type: 'join-waits'; readonly sinceMs: number }
  | { readonly type: 'assigned'; readonly assignment: Assignment }
  /**
   * No shard was assigned to this member. `isNobodyReading`: nor to any other one, because the leader of the
   * group is a client of another kind, which assigns only what it reads itself.
   */
  | { readonly type: 'left-out'; readonly isNobodyReading: boolean }
  | { readonly type: 'fetched'; readonly batch: FetchedBatch }
  /** A fetch for the shard was answered and had no record, because there is none. */
  | { readonly type: 'caught-up'; readonly shard: number }
  /** The same, because a limit had ended the response before. */
  | { readonly type: 'cut-short'; readonly shard: number }
  /**
   * The shard cannot be read: for some time, or, if `unreadable` says so, beyond an offset for good. The other
   * shards are read on.
   */
  | {
      readonly type: 'shard-failed'
      readonly shard: number
      readonly error: unknown
      readonly unreadable: UnreadableSpan | null
    }
  /**
   * The position of a shard was out of range, because its records have expired or the logstore was made
   * anew. Reading goes on at its earliest record, which can lie before what was committed.
   */
  | { readonly type: 'position-reset'; readonly reset: PositionReset }
  /** More is read than the quota of the service allows; the client waits by itself. */
  | { readonly type: 'throttled'; readonly milliseconds: number }
  /**
   * Proof that the membership lives: a fetch was answered or is arriving or, while no shard can be fetched,
   * a heartbeat was answered.
   */
  | { readonly type: 'answer' }
  /** A request or a connection failed; the source goes on trying and keeps its membership. */
  | { readonly type: 'trouble'; readonly error: unknown }

export interface SourceListener {
  /** Called synchronously. An exception ends the membership. */
  onEvent(event: SourceEvent): void
  /** Shards may be given up next. Commit now; the source waits for the promise, bounded. */
  beforeRelease(reason: ReleaseReason): Promise<void>
}

/** `failure`: the client has failed, while the process and its flow live on. */
export type ReleaseReason = 'rebalance' | 'stop' | 'failure'
