import type { DeliveryPorts } from '../delivery/pipeline'
import type { LogSource, SourceListener } from '../kafka/source'
import type { ErrorReporterPorts } from './error-reporter'

/** What a consumer needs from outside: time, a source, the flow, and where it reports to. */
export interface ConsumerPorts extends ErrorReporterPorts, Pick<DeliveryPorts, 'send'> {
  readonly createSource: (listener: SourceListener) => LogSource
}
