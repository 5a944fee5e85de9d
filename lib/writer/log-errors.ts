import { SlsKafkaError } from '../errors'
import type { BrokerError } from '../kafka/cluster/error-codes'
import type { LogProblem } from '../sls/log-rules'
import { displayText } from '../text'

/** Error codes of Kafka: MESSAGE_TOO_LARGE and RECORD_LIST_TOO_LARGE. */
const TOO_LARGE: ReadonlySet<number> = new Set([10, 18])

/** A value that cannot become a log. @param value what is wrong: the whole value, a field name or a time */
export function invalidLog(reasonKey: LogProblem, value: unknown): SlsKafkaError {
  return new SlsKafkaError('SLS_RECORD_INVALID', { reasonKey, value: displayText(value) })
}

/** A log larger than 1 MiB, or than the service says that it takes. */
export function tooLargeLog(bytes: number): SlsKafkaError {
  return new SlsKafkaError('SLS_RECORD_TOO_LARGE', { bytes })
}

/** Logs that the service does not take. @param error of its response */
export function refusedLogs(
  logs: readonly { readonly bytes: number }[],
  logstore: string,
  error: BrokerError,
): SlsKafkaError {
  const [log] = logs
  if (log && TOO_LARGE.has(error.errorCode)) return tooLargeLog(log.bytes)
  const detail = `${error.type}: ${error.message}`
  return new SlsKafkaError('SLS_WRITE_REFUSED', { logstore, detail }, error)
}

/** Logs that a writer has left unwritten when it closed, or that came after that. */
export function unwrittenLogs(logstore: string, logs: number): SlsKafkaError {
  return new SlsKafkaError('SLS_UNWRITTEN', { logstore, logs })
}
