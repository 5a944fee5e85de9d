import { guarded } from '../guarded'
import type { ConsumerPorts } from './consumer-ports'

/**
 * The same ports, where what a listener throws goes no further: it would end the consumer, which only
 * tells. What `send`, `sendDeadLetter` and `onRecordError` throw is the record's error (outbox.ts).
 */
export function containedPorts(ports: ConsumerPorts): ConsumerPorts {
  const { onContained, onFailure, onRecovered, onWarning, onStarted, onJoined, onStopped } = ports
  return {
    ...ports,
    onFailure: guarded(onContained, onFailure),
    onRecovered: guarded(onContained, onRecovered),
    onWarning: guarded(onContained, onWarning),
    onStarted: guarded(onContained, onStarted),
    onJoined: guarded(onContained, onJoined),
    onStopped: guarded(onContained, onStopped),
  }
}
