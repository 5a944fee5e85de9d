import { marksOf } from '../../../lib/errors'
import { otherNameOf } from '../../../lib/failure'
import { withAdmin } from '../../../lib/kafka/admin-session'
import type { KafkaAdmin, ListedLogstore } from '../../../lib/kafka/admin'
import { SILENT_LOGGER, type Logger } from '../../../lib/logger'
import { meaningOf } from '../../../lib/sls/error-meanings'
import { isVirtualTopicName } from '../../../lib/sls/names'
import { networkReasonOf } from '../../../lib/sls/network-reason'
import type {
  FailureResponse,
  LogstoresResponse,
  PositionResponse,
} from '../../shared/admin-responses'
import type { TypedProject } from '../../shared/runtime/typed-project'

/** The client id, which SLS's own logs show after `kafka-forwarder`. It is not unique: the client joins no group. */
const CLIENT_ID = 'node-red-sls-kafka/dialog'

const TIMEOUT_MS = 10_000

/** Most logstores in a response. SLS allows 200 logstores in a project. */
const MAX_LOGSTORES = 1_000

/** The options of a session for a dialog query. */
export function sessionOptions({ options, logstore }: TypedProject): {
  consumer: { project: TypedProject['options']; logstore: string }
  clientId: string
  logger: Logger
} {
  return { consumer: { project: options, logstore }, clientId: CLIENT_ID, logger: SILENT_LOGGER }
}

/** Lists the logstores with their shards; empty if the AccessKey has no permission to list them. */
export async function listLogstores(
  typed: TypedProject,
  signal: AbortSignal,
): Promise<LogstoresResponse | FailureResponse> {
  return orFailure(async () => {
    const logstores = await query(typed, visibleLogstores, signal)
    const sorted = [...logstores].sort((one, other) => (one.name < other.name ? -1 : 1))
    return { logstores: sorted.slice(0, MAX_LOGSTORES) }
  })
}

/** Counts the shards for which the group has committed an offset. */
export async function readPosition(
  typed: TypedProject,
  signal: AbortSignal,
): Promise<PositionResponse | FailureResponse> {
  return orFailure(async () => {
    const position = async (session: KafkaAdmin): Promise<PositionResponse> => {
      const shards = await session.findLogstore()
      return { committed: (await session.committed(typed.group)).size, shards: shards.length }
    }
    return query(typed, position, signal)
  })
}

/**
 * The SPL statement that the service applies to a virtual topic. Null for any other logstore, and where the
 * service does not show the statement: reading logs does not need the right to see it.
 */
export async function filterStatement(
  typed: TypedProject,
  signal: AbortSignal,
): Promise<string | null> {
  if (!isVirtualTopicName(typed.logstore)) return null
  try {
    return await query(typed, (session) => session.filterStatement(), signal)
  } catch {
    return null
  }
}

/** Runs a query. An error becomes a `FailureResponse`, without addresses. */
export async function orFailure<T>(work: () => Promise<T>): Promise<T | FailureResponse> {
  try {
    return await work()
  } catch (error) {
    const marks = marksOf(error)
    const { issuedFor } = otherNameOf(error)
    return {
      failure: {
        code: meaningOf(marks),
        reason: networkReasonOf(marks),
        ...(issuedFor !== undefined && { issuedFor }),
      },
    }
  }
}

/**
 * Lists the logstores that the AccessKey can see. The response of SLS without `log:ListLogStores` is not documented:
 * an error or an empty list.
 */
async function visibleLogstores(session: KafkaAdmin): Promise<readonly ListedLogstore[]> {
  try {
    return await session.logstores()
  } catch (error) {
    if (marksOf(error).includes('BrokerError')) return []
    throw error
  }
}

function query<T>(
  typed: TypedProject,
  request: (session: KafkaAdmin) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  return withAdmin(sessionOptions(typed), request, { timeoutMs: TIMEOUT_MS, signal })
}
