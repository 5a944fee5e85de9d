import type { NodeMessageInFlow } from 'node-red'
import type { Problem } from '../../../lib/config/problem'
import { SlsKafkaError } from '../../../lib/errors'
import type { LogWriters } from '../../../lib/writer/log-writers'
import type { WriteResult } from '../../../lib/writer/write-call'
import { configError, toNodeError, type NodeError } from '../../shared/runtime/node-error'
import type { Translate } from '../../../lib/translate'
import type { MessageSources } from './message-sources'

/** The message field `written`: what became of the logs of a message. */
interface Written {
  readonly logstore: string
  /** Logs of the message. */
  readonly count: number
  /** By shard: logs that were stored, and the offset of the first of them; null if the service returned none. */
  readonly shards: WriteResult['shards']
  /** Logs that were not stored, as indexes in `payload`; only in a message that failed. */
  readonly unwritten?: readonly number[]
}

type WrittenMessage = NodeMessageInFlow & { written?: Written }

interface WriteRequest {
  readonly message: WrittenMessage
  readonly sources: MessageSources
  readonly writers: LogWriters
  readonly translate: Translate
  /** Called with the error of the message, and the problems of its logstore if there are any. */
  readonly onError: (error: SlsKafkaError, problems?: readonly Problem[]) => void
}

/**
 * Writes the logs of a message and sets `msg.written`. Resolves when the service has answered for all of them,
 * with the error of the first log that was not written; null if all were.
 */
export async function writeMessage({
  message,
  sources,
  writers,
  translate,
  onError,
}: WriteRequest): Promise<NodeError | null> {
  const { logstore, time } = await sources.targetOf(message)
  const writer = writers.writerOf(logstore)
  if ('problems' in writer) {
    writers.refused('SLS_CONFIG_INVALID', countOf(message))
    onError(new SlsKafkaError('SLS_CONFIG_INVALID'), writer.problems)
    return configError(writer.problems, translate)
  }
  if (!('write' in writer)) {
    const refusal =
      'most' in writer ? tooManyLogstores(message, writer.most) : unwritten(message, logstore)
    writers.refused(refusal.code, countOf(message))
    onError(refusal)
    return toNodeError(refusal, null, translate)
  }
  const result = await writer.write(message.payload, time)
  const { count, shards, error } = result
  message.written = { logstore, count, shards, ...(error && { unwritten: result.unwritten }) }
  if (!error) return null
  onError(error)
  return Object.assign(toNodeError(error, null, translate), {
    unwritten: result.unwritten,
  })
}

function unwritten(message: WrittenMessage, logstore: string): SlsKafkaError {
  return new SlsKafkaError('SLS_UNWRITTEN', { logstore, logs: countOf(message) })
}

/** Logs of a message. */
export function countOf({ payload }: NodeMessageInFlow): number {
  return Array.isArray(payload) ? payload.length : 1
}

function tooManyLogstores(message: WrittenMessage, most: number): SlsKafkaError {
  const count = countOf(message)
  return new SlsKafkaError('SLS_RECORD_INVALID', {
    ...{ reasonKey: 'too-many-logstores', value: most },
    ...{ written: 0, count },
  })
}
