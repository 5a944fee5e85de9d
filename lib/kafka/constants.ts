/** Tuning of the Kafka client that is no setting of a node. Times in milliseconds, sizes in bytes. */

/** Alibaba's recommendation for Kafka clients of SLS. */
export const HEARTBEAT_INTERVAL = 5_000

/** What a request outside of the usual can take: a join beyond the group's own wait, a lookup as a whole. */
export const REQUEST_TIMEOUT = 15_000

/** A connection on which a response is due and no byte arrives for this long is dead. */
export const SILENCE_TIMEOUT = 10_000

/** Long poll: how long the service can wait for a record before it answers a fetch. */
export const FETCH_MAX_WAIT = 500

/** The long poll of a consumer for which nothing came for `IDLE_AFTER`: each fetch costs processor time. */
export const IDLE_FETCH_MAX_WAIT = 2_500
export const IDLE_AFTER = 10_000

export const FETCH_MIN_BYTES = 1

/** Of a whole response; a single batch can be larger. */
export const FETCH_MAX_BYTES = 4_194_304

/** A response that announces more ends its connection. */
export const MAX_RESPONSE_BYTES = 100 * 1_048_576

/** Throttle times from this length on are reported; by shorter ones the service evens out its load. */
export const THROTTLE_REPORTED = 1_000

/** New shards are seen within this time after a split. */
export const METADATA_MAX_AGE = 60_000

/** A join that waits this long is looked after this often. */
export const JOIN_LOOK_INTERVAL = 5_000

/** Parts of a close. Node-RED gives a node 15 s; this package promises 8 s. */
export const RELEASE_TIMEOUT = 3_000
/** After a failure, nothing is waited for but the commit. */
export const FAILURE_RELEASE_TIMEOUT = 1_500
export const LEAVE_TIMEOUT = 4_000
