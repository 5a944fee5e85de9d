import type { NodeMessageInFlow } from 'node-red'
import type { Problem } from '../../../lib/config/problem'
import { reasonOf, SlsKafkaError } from '../../../lib/errors'
import type { LogWriters } from '../../../lib/writer/log-writers'
import type { WriteResult } from '../../../lib/writer/write-call'
import { displayText } from '../../../lib/text'
import { configError, toNodeError, type NodeError } from '../../shared/runtime/node-error'
import type { Translate } from '../../../lib/translate'
import type { MessageSources, WriteTarget } from './message-sources'

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
  const refused = (refusal: SlsKafkaError): NodeError => {
    writers.refused(refusal.code, countOf(message))
    onError(refusal)
    return toNodeError(refusal, null, translate)
  }
  let target: WriteTarget
  try {
    target = await sources.targetOf(message)
  } catch (failure) {
    return refused(invalid(message, 'not-evaluated', displayText(reasonOf(failure))))
  }
  const { logstore, time } = target
  const writer = writers.writerOf(logstore)
  if ('problems' in writer) {
    writers.refused('SLS_CONFIG_INVALID', countOf(message))
    onError(new SlsKafkaError('SLS_CONFIG_INVALID'), writer.problems)
    return configError(writer.problems, translate)
  }
  if (!('write' in writer)) {
    return refused(
      'most' in writer
        ? invalid(message, 'too-many-logstores', writer.most)
        : unwritten(message, logstore),
    )
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

/** None of the logs of the message is written. @param reasonKey a key of `reasons` in the catalogue */
function invalid(
  message: WrittenMessage,
  reasonKey: 'not-evaluated' | 'too-many-logstores',
  value: string | number,
): SlsKafkaError {
  const count = countOf(message)
  return new SlsKafkaError('SLS_RECORD_INVALID', { reasonKey, value, written: 0, count })
}
