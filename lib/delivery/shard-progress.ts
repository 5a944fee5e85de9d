import { toWallTime, type Clock } from '../clock'
import { attemptsOf } from './delivery'
import type { InFlightWindow } from './in-flight-window'
import type { Retrying, ShardProgress, Unanswered } from './progress'
import type { ShardQueue } from './shard-queue'

/** Milliseconds without an outcome after which it is likely that none will come. */
const UNANSWERED_AFTER = 60_000

/** Milliseconds from the first failure of a record after which its retries are worth a warning. */
const RETRYING_AFTER = 60_000

/** What of a processor shows how the flow gets on with its shard. */
interface WatchedShard {
  readonly queue: ShardQueue
  readonly window: InFlightWindow
  readonly isFull: boolean
}

export function progressOf({ queue, window }: WatchedShard, clock: Clock): ShardProgress {
  const { oldest, inFlight, stoppedBy, oldestInFlightAtMs, nextAttemptAtMs } = window
  const isWaiting = nextAttemptAtMs !== null && !queue.isPausedBy('user')
  const nowMs = clock.monotonic()
  return {
    inFlight,
    oldestSeconds: oldestInFlightAtMs === null ? 0 : seconds(nowMs - oldestInFlightAtMs),
    attempts: oldest ? attemptsOf(oldest) : 0,
    nextAttemptAt: isWaiting ? toWallTime(clock, nextAttemptAtMs) : null,
    stoppedBy: stoppedBy?.code ?? null,
  }
}

/** What has failed for very long; null if nothing has, and while the user has paused the shard. */
export function retryingIn({ queue, window }: WatchedShard, nowMs: number): Retrying | null {
  const delivery = queue.isPausedBy('user') ? null : window.failingLongest()
  const failedAtMs = delivery?.firstFailedAtMs ?? null
  if (!delivery || failedAtMs === null || nowMs - failedAtMs < RETRYING_AFTER) return null
  return {
    shard: queue.shard,
    offset: delivery.offset,
    attempts: attemptsOf(delivery),
    seconds: seconds(nowMs - failedAtMs),
  }
}

/**
 * What the flow seems to have forgotten; null if it gets on.
 *
 * @param lastOutcomeMs when the flow last reported something of the shard, monotonic
 */
export function unansweredIn(
  { queue, window, isFull }: WatchedShard,
  lastOutcomeMs: number,
  nowMs: number,
): Unanswered | null {
  const longest = window.longestSent()
  if (!longest || nowMs - Math.max(longest.atMs, lastOutcomeMs) < UNANSWERED_AFTER) return null
  return {
    shard: queue.shard,
    offset: longest.delivery.offset,
    seconds: seconds(nowMs - longest.atMs),
    isFull: isFull || queue.isPausedBy('full'),
  }
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000)
}
