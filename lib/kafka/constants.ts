/** Tuning of the Kafka client that is no setting of a node. Times in milliseconds, sizes in bytes. */

/** Alibaba's recommendation for Kafka clients of SLS. */
export const HEARTBEAT_INTERVAL = 5_000

/**
 * TLS over a wide-area network takes longer than kafkajs's default of one second. Longer than the silence
 * time-out as well, which ends a dial on which nothing comes: its error tells, kafkajs's does not.
 */
export const CONNECTION_TIMEOUT = 15_000
export const AUTHENTICATION_TIMEOUT = 15_000

/**
 * What kafkajs counts with for a request, and what a join may take beyond the group's own wait. Not
 * enforced on answers: that is for the silence time-out.
 */
export const REQUEST_TIMEOUT = 15_000

/**
 * A socket on which a request is pending and no byte arrived for this long is dead. Never judged by
 * the age of a request: on a slow link a large answer takes long and still arrives.
 */
export const SILENCE_TIMEOUT = 10_000

/**
 * Long poll: how long the service may wait for a record; it answers at once when there is one. Shorter
 * while a shard is paused, longer once nothing has come for `IDLE_AFTER` (hardening/fetch-wait.ts).
 */
export const FETCH_MAX_WAIT = 500

/**
 * The same of a consumer that has nothing to read, because each fetch costs processor time. Two fit
 * between heartbeats, which are sent between fetches.
 */
export const IDLE_FETCH_MAX_WAIT = HEARTBEAT_INTERVAL / 2
export const IDLE_AFTER = 10_000

export const FETCH_MIN_BYTES = 1

/** Of a whole response; one batch may be larger. */
export const FETCH_MAX_BYTES = 4_194_304

/** A response that announces more is no response, or nothing that a process should keep in memory. */
export const MAX_RESPONSE_BYTES = 100 * 1_048_576

/** A shard whose fetches fail this long is told of; until then it is tried again without a word. */
export const SHARD_GRACE = 10_000

/** A rest that the service asks for is told of if it is this long; shorter ones even out its load. */
export const THROTTLE_TOLD = 1_000

/** New shards after a split are seen within this time. */
export const METADATA_MAX_AGE = 60_000

/** Back-off of kafkajs inside a living membership. */
export const CLIENT_RETRY_FIRST = 300
export const CLIENT_RETRY_LONGEST = 5_000

/** A join that waits this long is looked after this often. */
export const JOIN_LOOK_INTERVAL = 5_000

/** No answer that proves life for this long, though connected: the client is stuck. */
export const STALL_TIMEOUT = 60_000

/** Shares of a close. Node-RED gives a node 15 s; we promise 8 s. */
export const RELEASE_TIMEOUT = 3_000
/** After a failure nothing is waited for but the commit, and the next client should not come late. */
export const FAILURE_RELEASE_TIMEOUT = 1_500
export const LEAVE_TIMEOUT = 4_000
export const SETTLE_TIMEOUT = 400
