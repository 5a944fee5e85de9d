import { setTimeout as delay } from 'node:timers/promises'
import type { Append } from './endpoint'
import type { LogBody, LogSource } from './logs/log'

const TICK_MS = 200
const BURST_CHUNK = 1_000

/** What has happened before the demo was started. */
export async function feedHistory(
  source: LogSource,
  append: Append,
  { count, perSecond }: { count: number; perSecond: number },
): Promise<void> {
  const start = Date.now() - (count * 1_000) / perSecond
  for (let index = 0; index < count; index += 1) {
    const time = Math.round(start + (index * 1_000) / perSecond)
    await append(await take(source, 1, time), time)
  }
}

/**
 * Logs as they happen, at a steady rate, until the source ends or the signal aborts. Resolves with
 * how many it were.
 */
export async function feedSteadily(
  source: LogSource,
  append: Append,
  { perSecond, signal }: { perSecond: number; signal: AbortSignal },
): Promise<number> {
  let count = 0
  let due = 1
  let last = Date.now()
  while (!signal.aborted) {
    const now = Date.now()
    // A computer that slept shall not make up for the night.
    due = Math.min(due + ((now - last) * perSecond) / 1_000, Math.max(perSecond, 1))
    last = now
    const wanted = Math.floor(due)
    due -= wanted
    const logs = await take(source, wanted, now)
    if (logs.length > 0) await append(logs, now)
    count += logs.length
    if (logs.length < wanted) break
    await pause(TICK_MS, signal)
  }
  return count
}

/** As many logs as fast as the endpoint takes them. */
export async function feedBurst(
  source: LogSource,
  append: Append,
  { count, signal }: { count: number; signal: AbortSignal },
): Promise<void> {
  for (let rest = count; rest > 0 && !signal.aborted; rest -= BURST_CHUNK) {
    const now = Date.now()
    await append(await take(source, Math.min(rest, BURST_CHUNK), now), now)
  }
}

async function take(source: LogSource, count: number, time: number): Promise<LogBody[]> {
  const logs: LogBody[] = []
  while (logs.length < count) {
    const log = await source(time)
    if (log === undefined) break
    logs.push(log)
  }
  return logs
}

/** Ends early, and not as a failure, when the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined)
}
