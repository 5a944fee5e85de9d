import { toWallTime, type Clock } from '../clock'
import { attemptsOf } from './delivery'
import type { InFlightWindow } from './in-flight-window'
import type { Retrying, ShardProgress, Unanswered } from './progress'
import type { ShardQueue } from './shard-queue'

/** The time without an outcome after which an outcome has become unlikely. */
const UNANSWERED_AFTER_MS = 60_000

/** The time from the first failure of a record after which its retries are worth a warning. */
const RETRYING_AFTER_MS = 60_000

/** The part of a processor that shows the flow's progress with its shard. */
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

/** The record that has failed for over a minute; null if there is none or the user has paused the shard. */
export function retryingIn({ queue, window }: WatchedShard, nowMs: number): Retrying | null {
  const delivery = queue.isPausedBy('user') ? null : window.failingLongest()
  const failedAtMs = delivery?.firstFailedAtMs ?? null
  if (!delivery || failedAtMs === null || nowMs - failedAtMs < RETRYING_AFTER_MS) return null
  return {
    shard: queue.shard,
    offset: delivery.offset,
    attempts: attemptsOf(delivery),
    seconds: seconds(nowMs - failedAtMs),
  }
}

/**
 * Records that have waited over a minute for an outcome; null if there are none.
 *
 * @param lastOutcomeMs when the flow last reported an outcome of the shard, monotonic
 */
export function unansweredIn(
  { queue, window, isFull }: WatchedShard,
  lastOutcomeMs: number,
  nowMs: number,
): Unanswered | null {
  const longest = window.longestSent()
  if (!longest || nowMs - Math.max(longest.atMs, lastOutcomeMs) < UNANSWERED_AFTER_MS) return null
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
