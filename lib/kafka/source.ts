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
   * died, with whatever went wrong. Either way it gives nothing to the listener any more, and leaves no
   * socket and no member behind. Runs once.
   */
  run(signal: AbortSignal): Promise<void>
  /** Stops fetching for a shard. Takes effect without loss only from inside `onFetched`. */
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
  /** One try, bound to the generation that the shards were assigned in. */
  commit(offsets: ReadonlyMap<number, bigint>): Promise<CommitOutcome>
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
  /** As delivered: milliseconds, of some deployments seconds, since 1970. */
  readonly timestamp: string
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

/** What a source tells. Called synchronously; a listener must not throw. */
export interface LogSourceListener {
  onPhase(phase: 'connecting' | 'joining'): void
  /** The group lets the join wait for other members, or for one that has died. @param since unix ms */
  onJoinWaits(since: number): void
  onAssigned(assignment: Assignment): void
  /**
   * Nothing was assigned to us, and told is whether nothing of the logstore was assigned to anybody: the
   * group's leader is a client of another kind, which gives out what it reads itself and nothing else.
   */
  onLeftOut(isNobodyReading: boolean): void
  onFetched(batch: FetchedBatch): void
  /**
   * This shard cannot be read, for some time or until shards are assigned anew; the others are read on.
   *
   * @param unreadable what of it cannot be, if it is for good
   */
  onShardFailed(shard: number, error: unknown, unreadable?: UnreadableSpan | null): void
  /** A fetch for this shard was answered and held nothing, because nothing more is there. */
  onCaughtUp(shard: number): void
  /** A fetch for this shard was answered and held nothing, but a limit had ended the response before. */
  onCutShort(shard: number): void
  /**
   * The position of a shard was out of range, because its records have expired or the logstore was made
   * anew. Reading goes on at its earliest record, which may lie before what was committed.
   */
  onPositionReset(reset: PositionReset): void
  /**
   * The service holds us back, because more is read than its quota allows; the client waits by itself.
   *
   * @param rest milliseconds
   */
  onThrottled(rest: number): void
  /**
   * The only proof that the membership lives: a fetch was answered, or an answer is arriving; where no
   * shard is to be fetched just now, a heartbeat was answered.
   */
  onAnswer(): void
  /** A connection failed; the source goes on trying by itself and keeps its membership. */
  onTrouble(error: unknown): void
  /** Shards may be given up next. Commit now; the source waits for the promise, bounded. */
  beforeRelease(reason: ReleaseReason): Promise<void>
}

/** `failure`: the client has failed, while the process and its flow live on. */
export type ReleaseReason = 'rebalance' | 'stop' | 'failure'
