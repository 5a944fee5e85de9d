import type { SlsKafkaError } from '../errors'
import type { LogSource, LogSourceListener } from '../kafka/source'
import type { FailureReportPorts } from './failure-report'
import type { RecordFlowPorts } from './record-flow'

/** What a consumer is given, and whom it tells. */
export interface ConsumerPorts extends RecordFlowPorts, FailureReportPorts {
  readonly createSource: (listener: LogSourceListener) => LogSource
  readonly onStarted: () => void
  readonly onJoined: (shards: readonly number[]) => void
  readonly onStopped: () => void
  /** The flow seems to have forgotten records, and reading has stopped for that. */
  readonly onUnanswered: (warning: SlsKafkaError) => void
}
