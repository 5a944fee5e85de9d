import type { Clock } from '../../clock'
import type { Cluster } from '../cluster/cluster'
import type { BrokerError } from '../cluster/error-codes'

/** The result of one batch. */
export type BatchResult =
  /** @param offset of the first record; null if the service returns none */
  | { readonly type: 'written'; readonly offset: bigint | null }
  /**
   * The service responded with an error: nothing of the batch is stored. Only with REQUEST_TIMED_OUT and
   * NOT_ENOUGH_REPLICAS_AFTER_APPEND, it may be.
   */
  | { readonly type: 'refused'; readonly error: BrokerError }
  /** No response came: the batch may be stored or not. */
  | { readonly type: 'unanswered'; readonly error: unknown }

/** The batch of one shard in a request. */
export interface OutgoingBatch {
  readonly shard: number
  /** Number of logs, at least 1. */
  readonly logs: number
  /** The logs as a record batch. */
  encode(): Promise<Buffer>
  /** Called once. */
  settle(result: BatchResult): void
}

/** At most one batch for each shard. */
export interface OutgoingRequest {
  readonly topic: string
  readonly batches: readonly OutgoingBatch[]
}

/** The batches that a producer writes. They are taken at the last moment, so that they grow until then. */
export interface BatchSource {
  /** Milliseconds until a batch for one of these shards can be taken: 0 for now, Infinity for none. */
  dueInMs(shards: readonly number[]): number
  /** Takes the batches of the next request. Null if none is due. */
  take(shards: readonly number[]): OutgoingRequest | null
  /** Logs of the next batch, 0 if there is none; null if it cannot grow. */
  readonly growing: number | null
}

export type ProduceEvent =
  /** The service has listed the shards of the logstore. */
  | { readonly type: 'listed' }
  /** A request or a connection failed. The producer goes on trying. */
  | { readonly type: 'trouble'; readonly error: unknown }

export interface ProducerParts {
  readonly logstore: string
  readonly cluster: Cluster
  readonly clock: Clock
  readonly source: BatchSource
  readonly onEvent: (event: ProduceEvent) => void
  /** Ends the producer and its cluster. */
  readonly signal: AbortSignal
  /** Ends a backoff at once, and makes later ones short: a close has no time for them. Default: `signal`. */
  readonly hurry?: AbortSignal
}
