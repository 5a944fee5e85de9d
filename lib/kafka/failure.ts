import { SlsKafkaError, reasonOf, type ErrorCode, type ErrorParams } from '../errors'
import { maskAccessKeyId } from '../sls/credentials'
import type { ConsumerOptions } from '../options/consumer-options'

/** Error codes of node:net, node:dns and node:tls, and names and types of kafkajs, by what they mean. */
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
  {
    code: 'SLS_LOGSTORE_NOT_FOUND',
    marks: /^(UNKNOWN_TOPIC_OR_PARTITION|INVALID_TOPIC_EXCEPTION)$/,
  },
  {
    code: 'SLS_GROUP_LIMIT',
    marks: /^(GROUP_MAX_SIZE_REACHED|GROUP_AUTHORIZATION_FAILED|INVALID_GROUP_ID)$/,
  },
  { code: 'SLS_GROUP_CONFLICT', marks: /^INCONSISTENT_GROUP_PROTOCOL$/ },
  {
    code: 'SLS_UNREACHABLE',
    marks:
      /^(ECONN|EHOST|ENET|ETIMEDOUT|EPIPE|KafkaJSConnection|KafkaJSRequestTimeout|KafkaJSLockTimeout|KafkaJSBrokerNotFound|KafkaJSGroupCoordinatorNotFound|GROUP_COORDINATOR_NOT_AVAILABLE)/,
  },
]

/** A server that closes the connection instead of answering a login has refused it. */
const CLOSED_AT_LOGIN = /^Connection closed by the server$/

/** Tells any error of the client or the network in the terms of SLS, with the user's own names. */
export function describeFailure(error: unknown, options: ConsumerOptions): SlsKafkaError {
  const known = causes(error).find((cause) => cause instanceof SlsKafkaError)
  if (known) return known
  const detail = reasonOf(causes(error).at(-1))
  return new SlsKafkaError(meaningOf(error), { ...namesOf(options), detail }, error)
}

function meaningOf(error: unknown): ErrorCode {
  const chain = causes(error)
  if (chain.some((cause) => CLOSED_AT_LOGIN.test(reasonOf(cause)))) return 'SLS_AUTH_FAILED'
  const marks = chain.flatMap(marksOf)
  const meaning = MEANINGS.find((candidate) => marks.some((mark) => candidate.marks.test(mark)))
  return meaning?.code ?? 'SLS_CLIENT_FAILED'
}

function marksOf(error: unknown): string[] {
  const { code, type, name } = error as { code?: unknown; type?: unknown; name?: unknown }
  return [code, type, name].filter((mark) => typeof mark === 'string')
}

/** The error and what caused it, outermost first. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let current = error; current && !chain.includes(current);) {
    chain.push(current)
    current = current instanceof Error ? current.cause : undefined
  }
  return chain
}

function namesOf(options: ConsumerOptions): ErrorParams {
  const { project } = options
  const address = project.bootstrap ?? project.address
  return {
    project: project.project,
    logstore: options.logstore,
    group: options.group,
    host: address?.host ?? '',
    port: address?.port ?? '',
    accessKeyId: maskAccessKeyId(project.accessKey.id),
  }
}
