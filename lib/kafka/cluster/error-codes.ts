import { KAFKAJS_ERROR_CODES, type Api, type BrokerErrorCode } from '../protocol'

/** Codes that the client itself judges by, or puts in the place of a response. */
export const UNKNOWN_TOPIC_OR_PARTITION = 3
export const LEADER_NOT_AVAILABLE = 5
export const BROKER_NOT_AVAILABLE = 8
export const INCONSISTENT_GROUP_PROTOCOL = 23
export const UNSUPPORTED_SASL_MECHANISM = 33

/** Codes of Apache Kafka that are newer than kafkajs's table, with the names of Kafka's own one. */
const NEWER: readonly BrokerErrorCode[] = [
  newer(89, 'THROTTLING_QUOTA_EXCEEDED', 'The throttling quota has been exceeded'),
  newer(90, 'PRODUCER_FENCED', 'A newer producer with the same transactional id fences this one'),
  newer(91, 'RESOURCE_NOT_FOUND', 'The request refers to a resource that does not exist'),
  newer(92, 'DUPLICATE_RESOURCE', 'The request refers to the same resource twice'),
  newer(93, 'UNACCEPTABLE_CREDENTIAL', 'The credential does not meet the criteria'),
  newer(94, 'INCONSISTENT_VOTER_SET', 'The voter set is not the expected one'),
  newer(95, 'INVALID_UPDATE_VERSION', 'The given update version is invalid'),
  newer(96, 'FEATURE_UPDATE_FAILED', 'The finalized features cannot be updated'),
  newer(97, 'PRINCIPAL_DESERIALIZATION_FAILURE', 'The forwarded principal cannot be read'),
  newer(98, 'SNAPSHOT_NOT_FOUND', 'The requested snapshot was not found'),
  newer(99, 'POSITION_OUT_OF_RANGE', 'The requested position is not within the snapshot'),
  newer(100, 'UNKNOWN_TOPIC_ID', 'This server does not host this topic id'),
  newer(101, 'DUPLICATE_BROKER_REGISTRATION', 'This broker id is already in use'),
  newer(102, 'BROKER_ID_NOT_REGISTERED', 'This broker id is not registered'),
  newer(103, 'INCONSISTENT_TOPIC_ID', 'The topic id does not match the one in the log'),
  newer(104, 'INCONSISTENT_CLUSTER_ID', 'The cluster id does not match the one of the server'),
  newer(105, 'TRANSACTIONAL_ID_NOT_FOUND', 'The transactional id was not found'),
  newer(106, 'FETCH_SESSION_TOPIC_ID_ERROR', 'The fetch session has inconsistent topic ids'),
  newer(107, 'INELIGIBLE_REPLICA', 'The new replica set contains an ineligible replica'),
  newer(108, 'NEW_LEADER_ELECTED', 'The leader has changed in the course of the request'),
  newer(109, 'OFFSET_MOVED_TO_TIERED_STORAGE', 'The requested offset is in tiered storage'),
  newer(110, 'FENCED_MEMBER_EPOCH', 'The group coordinator fences the epoch of this member'),
  newer(111, 'UNRELEASED_INSTANCE_ID', 'Another member of the group still uses the instance id'),
  newer(112, 'UNSUPPORTED_ASSIGNOR', 'The group does not support the assignor'),
  newer(113, 'STALE_MEMBER_EPOCH', 'The epoch of this member is out of date'),
]

function newer(code: number, type: string, message: string): BrokerErrorCode {
  return { code, type, message }
}

const NO_ERROR = newer(0, 'NONE', 'No error')

const BY_CODE: ReadonlyMap<number, BrokerErrorCode> = new Map(
  [NO_ERROR, ...KAFKAJS_ERROR_CODES, ...NEWER].map((row) => [row.code, row]),
)

/** `TOPIC_AUTHORIZATION_FAILED`; `UNKNOWN_999` for a code without a name. */
export function errorName(code: number): string {
  return BY_CODE.get(code)?.type ?? `UNKNOWN_${code}`
}

/** An English sentence without a full stop. */
export function errorText(code: number): string {
  return BY_CODE.get(code)?.message ?? `The service reported the unknown error code ${code}`
}

/** An error code of a response. A response is never rejected for one: the sender of the request decides. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError'
  readonly api: Api
  readonly errorCode: number
  /** Name of the code, for example `TOPIC_AUTHORIZATION_FAILED`. */
  readonly type: string

  /** @param text what the service itself says, where it says something */
  constructor(api: Api, errorCode: number, text?: string | null) {
    super(isEmpty(text) ? errorText(errorCode) : text)
    this.api = api
    this.errorCode = errorCode
    this.type = errorName(errorCode)
  }
}

function isEmpty(text: string | null | undefined): text is '' | null | undefined {
  return text === undefined || text === null || text === ''
}
