import { marksOf } from '../../lib/errors'
import { askService } from '../../lib/kafka/ask'
import type { KafkaAdmin, ListedLogstore } from '../../lib/kafka/admin'
import { SILENT_LOGGER, type Logger } from '../../lib/logger'
import { meaningOf } from '../../lib/sls/meanings'
import { isVirtualTopicName } from '../../lib/sls/names'
import { networkReasonOf } from '../../lib/sls/network-reason'
import type { FailureAnswer, LogstoresAnswer, PositionAnswer } from '../common/admin-answers'
import type { TypedProject } from '../common/typed-project'

/** Behind `kafka-forwarder` in SLS's own logs. Joins no group, so it need not be told from others. */
const CLIENT_ID = 'node-red-sls-kafka/dialog'

/** Milliseconds. */
const TIMEOUT = 10_000

/** SLS lets a project have 200. */
const MAX_LOGSTORES = 1_000

/** Whatever is asked of the service for a dialog is asked like this. */
export function sessionOptions({ options, logstore }: TypedProject): {
  consumer: { project: TypedProject['options']; logstore: string }
  clientId: string
  logger: Logger
} {
  return { consumer: { project: options, logstore }, clientId: CLIENT_ID, logger: SILENT_LOGGER }
}

/** The logstores with their shards; none where the AccessKey may not list them. */
export async function listLogstores(
  typed: TypedProject,
  signal: AbortSignal,
): Promise<LogstoresAnswer | FailureAnswer> {
  return answered(async () => {
    const logstores = await ask(typed, listed, signal)
    const sorted = [...logstores].sort((one, other) => (one.name < other.name ? -1 : 1))
    return { logstores: sorted.slice(0, MAX_LOGSTORES) }
  })
}

/** For how many shards the group has committed an offset. */
export async function readPosition(
  typed: TypedProject,
  signal: AbortSignal,
): Promise<PositionAnswer | FailureAnswer> {
  return answered(async () => {
    const position = async (session: KafkaAdmin): Promise<PositionAnswer> => {
      const shards = await session.findLogstore()
      return { committed: (await session.committed(typed.group)).size, shards: shards.length }
    }
    return ask(typed, position, signal)
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
    return await ask(typed, (session) => session.filterStatement(), signal)
  } catch {
    return null
  }
}

/** What is not found out is why, in codes. */
export async function answered<T>(work: () => Promise<T>): Promise<T | FailureAnswer> {
  try {
    return await work()
  } catch (error) {
    const marks = marksOf(error)
    return { failure: { code: meaningOf(marks), reason: networkReasonOf(marks) } }
  }
}

/** What SLS says to an AccessKey without `log:ListLogStores` is not documented: an error, or nothing. */
async function listed(session: KafkaAdmin): Promise<readonly ListedLogstore[]> {
  try {
    return await session.logstores()
  } catch (error) {
    if (marksOf(error).includes('BrokerError')) return []
    throw error
  }
}

function ask<T>(
  typed: TypedProject,
  question: (session: KafkaAdmin) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  return askService(sessionOptions(typed), question, { timeout: TIMEOUT, signal })
}
