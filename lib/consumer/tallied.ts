import type { ErrorTally } from './error-tally'
import type { ConsumerPorts } from './consumer-ports'

/** The same ports, where every error that is told is counted as well. */
export function tallied(ports: ConsumerPorts, tally: ErrorTally): ConsumerPorts {
  const { clock } = ports
  return {
    ...ports,
    onFailure: (error, nextTry) => {
      tally.note(error, clock.now())
      ports.onFailure(error, nextTry)
    },
    onWarning: (warning) => {
      tally.note(warning, clock.now())
      ports.onWarning(warning)
    },
    onRecordError: (error, message) => {
      tally.note(error, clock.now())
      ports.onRecordError(error, message)
    },
    sendDeadLetter: (message, error) => {
      tally.note(error, clock.now())
      ports.sendDeadLetter(message, error)
    },
  }
}
