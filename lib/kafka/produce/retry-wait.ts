import { isAborted, wait } from '../../async'
import type { ProducerParts } from './producer-types'

/** The longest backoff of a producer that hurries. */
const HURRIED_BACKOFF_MS = 300

/** Waits before the next attempt. @param backoffMs as long as nothing hurries */
export async function waitForRetry(
  { clock, signal, hurry = signal }: Pick<ProducerParts, 'clock' | 'signal' | 'hurry'>,
  backoffMs: number,
): Promise<void> {
  if (isAborted(hurry)) await wait(clock, Math.min(backoffMs, HURRIED_BACKOFF_MS), signal)
  else await wait(clock, backoffMs, hurry)
}
