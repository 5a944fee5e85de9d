import type { SlsKafkaError } from '../errors'
import type { LogSource, SourceListener } from '../kafka/source'
import type { FailureReportPorts } from './failure-report'
import type { DeliveryPorts } from '../delivery/pipeline'

/** What a consumer is given, and whom it tells. */
export interface ConsumerPorts extends DeliveryPorts, FailureReportPorts {
  readonly createSource: (listener: SourceListener) => LogSource
  readonly onStarted: () => void
  readonly onJoined: (shards: readonly number[]) => void
  readonly onStopped: () => void
  /** Nothing has failed, but reading is held up: by the flow, which forgets records, or by the service. */
  readonly onWarning: (warning: SlsKafkaError) => void
}
