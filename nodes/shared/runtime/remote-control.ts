import { parseCommand, type CommandFields } from '../../../lib/consumer/command'
import type { LogConsumer } from '../../../lib/consumer/log-consumer'
import type { ChangedShard, CommandExecutor } from '../../../lib/consumer/command-executor'
import { SlsKafkaError } from '../../../lib/errors'
import type { Problem } from '../../../lib/config/problem'
import { hereAndNow } from '../../../lib/config/time'
import { reportOf, type ConsumerReport } from '../../../lib/monitoring/report'
import type { WriterReport } from '../../../lib/monitoring/writer-report'
import { NodeError, problemText, toNodeError } from './node-error'
import type { Translate } from '../../../lib/translate'

/** The result of a command: the affected shards, or the report that `status` requests. */
export type CommandResult =
  { readonly shards: readonly ChangedShard[] } | ConsumerReport | WriterReport

/** Runs a command on one `sls in` or `sls out`. Rejects with a `NodeError` in the user's language. */
export type RemoteControl = (fields: CommandFields) => Promise<CommandResult>

export function remoteControl(
  consumer: LogConsumer,
  executor: CommandExecutor,
  translate: Translate,
): RemoteControl {
  return async (fields) => {
    const command = parseCommand(fields, hereAndNow())
    if ('reason' in command) throw invalid(command, translate)
    if (command.action === 'status') return reportOf(consumer.snapshot())
    try {
      return { shards: await executor.execute(command) }
    } catch (error) {
      throw error instanceof SlsKafkaError ? toNodeError(error, null, translate) : error
    }
  }
}

/** The control of an `sls out`, which answers `status` and refuses all other actions. */
export function writerControl(report: () => WriterReport, translate: Translate): RemoteControl {
  return (fields) => {
    const command = parseCommand(fields, hereAndNow())
    if ('reason' in command) return Promise.reject(invalid(command, translate))
    if (command.action === 'status') return Promise.resolve(report())
    const params = { value: command.action }
    const problem: Problem = { field: 'msg-action', reason: 'not-for-writers', params }
    return Promise.reject(invalid(problem, translate))
  }
}

function invalid(problem: Problem, translate: Translate): NodeError {
  return new NodeError('SLS_CONTROL_INVALID', problemText(problem, translate))
}
