import type { ErrorCode } from '../errors'

/**
 * What an error means for somebody who reads SLS, by its marks: codes of node:dns, node:net and
 * node:tls, and names, types and messages of the Kafka client. The first row that fits counts.
 */
const MEANINGS: readonly { code: ErrorCode; marks: RegExp }[] = [
  { code: 'SLS_HOST_NOT_FOUND', marks: /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL)$/ },
  {
    code: 'SLS_TLS_FAILED',
    marks: /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH)/,
  },
  {
    code: 'SLS_AUTH_FAILED',
    // A topic that may not be read: SLS documents this as its answer to a bad AccessKey as well.
    marks:
      /^(SASL_AUTHENTICATION_FAILED|KafkaJSSASLAuthenticationError|TOPIC_AUTHORIZATION_FAILED)$/,
  },
  { code: 'SLS_SERVICE_ERROR', marks: /^RESPONSE_TOO_LARGE$/ },
  // Closed instead of answering a login. How SLS refuses an AccessKey is not documented.
  { code: 'SLS_AUTH_FAILED', marks: /^Connection closed by the server$/ },
  {
    code: 'SLS_LOGSTORE_NOT_FOUND',
    marks: /^(UNKNOWN_TOPIC_OR_PARTITION|INVALID_TOPIC_EXCEPTION)$/,
  },
  {
    code: 'SLS_GROUP_LIMIT',
    marks: /^(GROUP_MAX_SIZE_REACHED|GROUP_AUTHORIZATION_FAILED|INVALID_GROUP_ID)$/,
  },
  { code: 'SLS_GROUP_CONFLICT', marks: /^INCONSISTENT_GROUP_PROTOCOL$/ },
  { code: 'SLS_UNREACHABLE', marks: /^(ECONN|EHOST|ENET|ETIMEDOUT|EPIPE)/ },
  {
    code: 'SLS_UNREACHABLE',
    marks:
      /^KafkaJS(Connection|RequestTimeout|LockTimeout|BrokerNotFound|GroupCoordinatorNotFound)/,
  },
  // An answer, and none of those above.
  {
    code: 'SLS_SERVICE_ERROR',
    marks: /^(KafkaJSProtocolError|BrokerError|MalformedResponseError|UnsupportedApiError)$/,
  },
]

export function meaningOf(marks: readonly string[]): ErrorCode {
  const row = MEANINGS.find((candidate) => marks.some((mark) => candidate.marks.test(mark)))
  return row?.code ?? 'SLS_CLIENT_FAILED'
}
