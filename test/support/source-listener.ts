import type { LogSourceListener } from '../../lib/kafka/source'

const nothing = (): void => undefined

/** One that takes no notice of what is not asked for. */
export function listenerWith(changes: Partial<LogSourceListener>): LogSourceListener {
  return {
    onPhase: nothing,
    onJoinWaits: nothing,
    onAssigned: nothing,
    onLeftOut: nothing,
    onFetched: nothing,
    onShardFailed: nothing,
    onCaughtUp: nothing,
    onCutShort: nothing,
    onPositionReset: nothing,
    onThrottled: nothing,
    onAnswer: nothing,
    onTrouble: nothing,
    beforeRelease: () => Promise.resolve(),
    ...changes,
  }
}
