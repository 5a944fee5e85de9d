import type { ErrorCode } from '../errors'

/**
 * The error code for each error of the network or the Kafka client, by its marks. Marks are codes of node:dns, node:net
 * and node:tls, and names, types and messages of the client. The first matching row counts.
 */
const MEANINGS: readonly { code: ErrorCode; marks: RegExp }[] = [
  { code: 'SLS_HOST_NOT_FOUND', marks: /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL)$/ },
  {
    code: 'SLS_TLS_FAILED',
    marks:
      /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH)/,
  },
  {
    code: 'SLS_AUTH_FAILED',
    // SLS documents TOPIC_AUTHORIZATION_FAILED also as the response to a wrong AccessKey.
    marks:
      /^(SASL_AUTHENTICATION_FAILED|KafkaJSSASLAuthenticationError|TOPIC_AUTHORIZATION_FAILED)$/,
  },
  { code: 'SLS_SERVICE_ERROR', marks: /^RESPONSE_TOO_LARGE$/ },
  // The server can close the connection instead of refusing a login. SLS does not document how it refuses one.
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
  // Any other error response of the service.
  {
    code: 'SLS_SERVICE_ERROR',
    marks: /^(KafkaJSProtocolError|BrokerError|MalformedResponseError|UnsupportedApiError)$/,
  },
]

/** The error code for the marks of an error, see `marksOf`. */
export function meaningOf(marks: readonly string[]): ErrorCode {
  const row = MEANINGS.find((candidate) => marks.some((mark) => candidate.marks.test(mark)))
  return row?.code ?? 'SLS_CLIENT_FAILED'
}
