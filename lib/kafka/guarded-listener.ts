import { guarded as guardedCall, type OnError } from '../guarded'
import type { LogSourceListener } from './source'

/**
 * kafkajs calls listeners inside its own loop. What they throw would be taken for its own error: some
 * kinds stop it for good, others make it fetch the same batch again, which would then count as known and
 * be skipped. Here the first exception is told, and nothing is called any more.
 */
export function guardedListener(listener: LogSourceListener, onThrown: OnError): LogSourceListener {
  let hasThrown = false
  const onError = (error: unknown): void => {
    hasThrown = true
    onThrown(error)
  }
  const guarded = <Arguments extends unknown[]>(call: (...args: Arguments) => void) =>
    guardedCall(onError, (...args: Arguments) => {
      if (!hasThrown) call(...args)
    })
  return {
    onPhase: guarded((phase) => {
      listener.onPhase(phase)
    }),
    onJoinWaits: guarded((since) => {
      listener.onJoinWaits(since)
    }),
    onAssigned: guarded((assignment) => {
      listener.onAssigned(assignment)
    }),
    onLeftOut: guarded((isNobodyReading) => {
      listener.onLeftOut(isNobodyReading)
    }),
    onFetched: guarded((batch) => {
      listener.onFetched(batch)
    }),
    onShardFailed: guarded((shard, error, unreadable) => {
      listener.onShardFailed(shard, error, unreadable)
    }),
    onCaughtUp: guarded((shard) => {
      listener.onCaughtUp(shard)
    }),
    onCutShort: guarded((shard) => {
      listener.onCutShort(shard)
    }),
    onPositionReset: guarded((reset) => {
      listener.onPositionReset(reset)
    }),
    onThrottled: guarded((rest) => {
      listener.onThrottled(rest)
    }),
    onAnswer: guarded(() => {
      listener.onAnswer()
    }),
    onTrouble: guarded((error) => {
      listener.onTrouble(error)
    }),
    // Awaited, and bounded, by who calls it.
    beforeRelease: async (reason) => {
      await listener.beforeRelease(reason)
    },
  }
}
