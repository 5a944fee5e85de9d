import { SlsKafkaError, causesOf, toError } from '../../errors'
import type { Cluster } from './cluster'
import { BrokerError } from './error-codes'
import { UnsupportedApiError, type Api } from '../protocol'

/**
 * The action of the client for an error code of a response:
 *
 * - `ok`: nothing.
 * - `retry`: the request is repeated after a backoff.
 * - `backoff`: the request goes on without this shard, which is tried again later.
 * - `refresh-metadata`: shards and leaders are asked for again, then the shard is tried again.
 * - `find-coordinator`: the coordinator of the group is looked up again, then the request is repeated.
 * - `rejoin`: reading ends, and the same member joins again.
 * - `rejoin-as-new`: the member joins again without its member id, which the group has forgotten.
 * - `member-id-required`: the join is repeated with the member id of the response.
 * - `new-connection`: this connection ends, and the request is repeated on another one.
 * - `reset-position`: the position of the shard is not within the log.
 * - `absent`: the requested item does not exist, which is no error.
 * - `refused`: the service does not take the records there. Another shard may.
 * - `split`: the records are written in smaller batches.
 * - `end`: the membership ends. Only a person can change the cause: permission, name, setting.
 */
export type ErrorAction =
  | 'ok'
  | 'retry'
  | 'backoff'
  | 'refresh-metadata'
  | 'find-coordinator'
  | 'rejoin'
  | 'rejoin-as-new'
  | 'member-id-required'
  | 'new-connection'
  | 'reset-position'
  | 'absent'
  | 'refused'
  | 'split'
  | 'end'

type Rows = Readonly<Record<number, ErrorAction>>

interface ApiActions {
  readonly rows: Rows
  /** The action for every other code, including unknown ones. */
  readonly others: ErrorAction
}

/** Rows that hold for every API, unless the API has one of its own. */
const EVERYWHERE: Rows = {
  17: 'end', // INVALID_TOPIC_EXCEPTION
  24: 'end', // INVALID_GROUP_ID
  29: 'end', // TOPIC_AUTHORIZATION_FAILED
  30: 'end', // GROUP_AUTHORIZATION_FAILED
  31: 'end', // CLUSTER_AUTHORIZATION_FAILED
  34: 'new-connection', // ILLEGAL_SASL_STATE: the login of this connection holds no longer
  35: 'end', // UNSUPPORTED_VERSION, although the version was offered
  42: 'end', // INVALID_REQUEST
  58: 'new-connection', // SASL_AUTHENTICATION_FAILED: the next login says whether the key still holds
  89: 'retry', // THROTTLING_QUOTA_EXCEEDED
}

/** The shard, or its leader, is elsewhere. */
const MOVED: Rows = {
  3: 'refresh-metadata', // UNKNOWN_TOPIC_OR_PARTITION: a restarted broker says so for a moment
  5: 'refresh-metadata', // LEADER_NOT_AVAILABLE
  6: 'refresh-metadata', // NOT_LEADER_FOR_PARTITION
  9: 'refresh-metadata', // REPLICA_NOT_AVAILABLE
  56: 'refresh-metadata', // KAFKA_STORAGE_ERROR: the leader moves away from a broken disk
  74: 'refresh-metadata', // FENCED_LEADER_EPOCH
  75: 'refresh-metadata', // UNKNOWN_LEADER_EPOCH
}

/** Errors of a coordinator that cannot serve the group now. */
const COORDINATOR: Rows = {
  14: 'find-coordinator', // GROUP_LOAD_IN_PROGRESS
  15: 'find-coordinator', // GROUP_COORDINATOR_NOT_AVAILABLE
  16: 'find-coordinator', // NOT_COORDINATOR_FOR_GROUP
}

/** Errors of a coordinator about a member. */
const MEMBERSHIP: Rows = {
  ...COORDINATOR,
  22: 'rejoin', // ILLEGAL_GENERATION
  23: 'end', // INCONSISTENT_GROUP_PROTOCOL: the other members assign in another way
  25: 'rejoin-as-new', // UNKNOWN_MEMBER_ID
  26: 'end', // INVALID_SESSION_TIMEOUT
  27: 'rejoin', // REBALANCE_IN_PROGRESS
  81: 'end', // GROUP_MAX_SIZE_REACHED
  82: 'end', // FENCED_INSTANCE_ID
}

const TABLE: Readonly<Record<Api, ApiActions>> = {
  Produce: {
    rows: {
      ...MOVED,
      [-1]: 'retry', // UNKNOWN_SERVER_ERROR
      2: 'retry', // CORRUPT_MESSAGE: damaged on the way
      7: 'retry', // REQUEST_TIMED_OUT
      8: 'retry', // BROKER_NOT_AVAILABLE
      10: 'split', // MESSAGE_TOO_LARGE
      13: 'retry', // NETWORK_EXCEPTION: Alibaba documents it for a fault of the service
      18: 'split', // RECORD_LIST_TOO_LARGE
      19: 'retry', // NOT_ENOUGH_REPLICAS
      20: 'retry', // NOT_ENOUGH_REPLICAS_AFTER_APPEND
      32: 'split', // INVALID_TIMESTAMP: one log makes SLS refuse its whole batch
      41: 'retry', // NOT_CONTROLLER
      87: 'split', // INVALID_RECORD
    },
    // What SLS says of a read-only shard or of a quota is not documented. Another shard may take the records.
    others: 'refused',
  },
  // A shard that fails does not stop the others. The codes of a whole response, such as 70 and 71 of fetch
  // sessions, which are not used, let all shards back off.
  Fetch: {
    rows: {
      ...MOVED,
      1: 'reset-position', // OFFSET_OUT_OF_RANGE
      100: 'refresh-metadata', // UNKNOWN_TOPIC_ID
    },
    others: 'backoff',
  },
  ListOffsets: {
    rows: {
      ...MOVED,
      1: 'absent', // OFFSET_OUT_OF_RANGE: nothing is kept of an expired shard
      3: 'absent', // UNKNOWN_TOPIC_OR_PARTITION: an expired shard leaves a hole
      43: 'absent', // UNSUPPORTED_FOR_MESSAGE_FORMAT: the shard cannot be searched by time
    },
    // Among them 13 and 76: a shard taken for absent would be read from the beginning.
    others: 'retry',
  },
  Metadata: {
    rows: {
      9: 'ok', // REPLICA_NOT_AVAILABLE: of a replica, while the leader serves the shard
    },
    // Among them 3, 5 and 6. Whether a logstore is missing for long enough to say so is for the caller.
    others: 'retry',
  },
  FindCoordinator: { rows: {}, others: 'retry' },
  OffsetFetch: {
    rows: {
      ...MOVED,
      ...COORDINATOR,
      22: 'rejoin', // ILLEGAL_GENERATION
      25: 'rejoin-as-new', // UNKNOWN_MEMBER_ID
      69: 'absent', // GROUP_ID_NOT_FOUND: a group that has committed nothing
    },
    others: 'retry',
  },
  OffsetCommit: {
    rows: {
      ...MOVED,
      ...MEMBERSHIP,
      12: 'backoff', // OFFSET_METADATA_TOO_LARGE
      28: 'backoff', // INVALID_COMMIT_OFFSET_SIZE
    },
    others: 'retry',
  },
  JoinGroup: {
    rows: {
      ...MEMBERSHIP,
      79: 'member-id-required', // MEMBER_ID_REQUIRED
    },
    others: 'retry',
  },
  // A failed Sync leaves the member without an assignment: only another join can give it one.
  SyncGroup: { rows: MEMBERSHIP, others: 'rejoin' },
  Heartbeat: { rows: MEMBERSHIP, others: 'retry' },
  LeaveGroup: {
    rows: {
      ...COORDINATOR,
      22: 'ok', // ILLEGAL_GENERATION, and the next ones: this member is not in the group any more
      25: 'ok', // UNKNOWN_MEMBER_ID
      69: 'ok', // GROUP_ID_NOT_FOUND
    },
    others: 'retry',
  },
  DescribeGroups: {
    rows: {
      ...COORDINATOR,
      69: 'absent', // GROUP_ID_NOT_FOUND
    },
    others: 'retry',
  },
  // Asked of every broker: none of them is looked up.
  ListGroups: { rows: {}, others: 'retry' },
  DescribeConfigs: {
    rows: {
      3: 'absent', // UNKNOWN_TOPIC_OR_PARTITION
    },
    others: 'retry',
  },
  // These come before or with the login: a connection on which they fail is of no use.
  ApiVersions: { rows: {}, others: 'new-connection' },
  SaslHandshake: {
    rows: {
      33: 'end', // UNSUPPORTED_SASL_MECHANISM
    },
    others: 'new-connection',
  },
  SaslAuthenticate: {
    rows: {
      58: 'end', // SASL_AUTHENTICATION_FAILED
    },
    others: 'new-connection',
  },
}

/** @param errorCode of a shard, of a topic, or of a whole response; 0 for none */
export function errorAction(api: Api, errorCode: number): ErrorAction {
  if (errorCode === 0) return 'ok'
  const { rows, others } = TABLE[api]
  return rows[errorCode] ?? EVERYWHERE[errorCode] ?? others
}

/**
 * Whether a retry cannot succeed until a person changes a setting or a permission. Examples are a refused
 * login, a refused group, a host outside the endpoint's domain, and a broker without a needed API.
 */
export function endsMembership(error: unknown): boolean {
  return causesOf(error).some(
    (cause) =>
      cause instanceof SlsKafkaError ||
      cause instanceof UnsupportedApiError ||
      (cause instanceof BrokerError && errorAction(cause.api, cause.errorCode) === 'end'),
  )
}

/** Whether the group refuses a member or its generation, so that the member must join again. */
export function endsGeneration({ api, errorCode }: BrokerError): boolean {
  const action = errorAction(api, errorCode)
  return action === 'rejoin' || action === 'rejoin-as-new'
}

/**
 * Prepares a retry: forgets the coordinator, or ends connections whose login is no longer valid.
 *
 * @param group the group whose coordinator failed; null if another broker failed
 */
export function prepareRetry(
  cluster: Pick<Cluster, 'forgetCoordinator' | 'endConnections'>,
  error: unknown,
  group: string | null,
): void {
  const action = error instanceof BrokerError ? errorAction(error.api, error.errorCode) : null
  // A failed connection can mean that the coordinator is gone.
  const isAtCoordinator = action === null || action === 'find-coordinator'
  if (group !== null && isAtCoordinator) cluster.forgetCoordinator(group)
  if (action === 'new-connection') cluster.endConnections(toError(error))
}
