import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Drained } from '../measure/drained'
import type { Subscription } from './subscription'

export interface WriteRun extends Subscription {
  readonly records: number
  /** Of each record. */
  readonly bytes: number
  /** Records of one call. */
  readonly batch: number
}

/** The finest resolution of the timer that measures the delay of the event loop, in milliseconds. */
const RESOLUTION_MS = 1
const NANOSECONDS = 1e6

/** The first argument of the process. */
export function writeRun(): WriteRun {
  return JSON.parse(process.argv[2] ?? '') as WriteRun
}

/** The texts of one call. */
export function textsOf({ bytes, batch }: WriteRun): string[] {
  return Array.from({ length: batch }, (_, index) =>
    `${index} GET /index.html 200 `.padEnd(bytes, 'x'),
  )
}

/** Writes all records of the run, prints the figures as JSON, and ends the process. */
export async function timeWriting(
  { records }: WriteRun,
  write: () => Promise<void>,
): Promise<void> {
  const lateness = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  lateness.enable()
  const start = performance.now()
  const cpu = process.cpuUsage()
  await write()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  lateness.disable()
  const written: Drained = {
    recordsPerSecond: records / seconds,
    cpuSeconds: (user + system) / 1e6,
    lateMs: lateness.percentile(99) / NANOSECONDS - RESOLUTION_MS,
  }
  process.stdout.write(JSON.stringify(written), () => process.exit())
}
