import type { DeliveryPorts } from '../delivery/pipeline'
import type { LogSource, SourceListener } from '../kafka/log-source'
import type { ErrorReporterPorts } from './error-reporter'

/** The ports of a consumer: time, its source, the flow, and its reports. */
export interface ConsumerPorts extends ErrorReporterPorts, Pick<DeliveryPorts, 'send'> {
  readonly createSource: (listener: SourceListener) => LogSource
}
