/** Fixed limits of the Kafka client, which no setting of a node changes. */

/** Alibaba's recommendation for Kafka clients of SLS. */
export const HEARTBEAT_INTERVAL_MS = 5_000

/** Limit of a whole lookup, and of a join beyond the rebalance timeout of its group. */
export const REQUEST_TIMEOUT_MS = 15_000

/** A connection counts as dead if a response is due and no byte arrives for this time. */
export const SILENCE_TIMEOUT_MS = 10_000

/** How long the service may take to store what a request writes, beside the time on the way. */
export const PRODUCE_TIMEOUT_MS = 20_000

/** Longest time that the service can wait for a record before it responds to a fetch (`max.wait.ms`). */
export const FETCH_MAX_WAIT_MS = 500

/** `max.wait.ms` of a consumer that got no record for `IDLE_AFTER_MS`: each fetch costs processor time. */
export const IDLE_FETCH_MAX_WAIT_MS = 2_500
export const IDLE_AFTER_MS = 10_000

export const FETCH_MIN_BYTES = 1

/** Limit of a whole fetch response (`max.bytes`). A single record batch can be larger. */
export const FETCH_MAX_BYTES = 4_194_304

/** A response that announces more bytes ends its connection. */
export const MAX_RESPONSE_BYTES = 100 * 1_048_576

/** Throttle times from this length on are reported. The service evens out its load by shorter ones. */
export const MIN_REPORTED_THROTTLE_MS = 1_000

/** A consumer sees new shards within this time after a split. */
export const METADATA_MAX_AGE_MS = 60_000

/** A join that waits longer is checked at this interval. */
export const JOIN_CHECK_INTERVAL_MS = 5_000

/** Limit of the last commits of a close. Node-RED gives a node 15 s; this package promises 8 s. */
export const RELEASE_TIMEOUT_MS = 3_000
/** Limit of the last commits after a failure, when no message of the flow is waited for. */
export const FAILURE_RELEASE_TIMEOUT_MS = 1_500
export const LEAVE_TIMEOUT_MS = 4_000
