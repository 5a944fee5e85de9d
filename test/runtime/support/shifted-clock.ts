// Loaded into Node-RED before anything else (NODE_OPTIONS): wall time is shifted by the milliseconds that
// stand in the file which the environment variable CLOCK_SHIFT_FILE names.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

const CLOCK_SHIFT_FILE = 'CLOCK_SHIFT_FILE'

/** The environment of a process whose clock `setClockShift` puts back and forward. The file must exist. */
export function shiftedBy(file: string): Record<string, string> {
  return { NODE_OPTIONS: `--require ${__filename}`, [CLOCK_SHIFT_FILE]: file }
}

/** Replaces the file in one step, so that the process never reads half of a number. */
export function setClockShift(file: string, shiftMs: number): void {
  writeFileSync(`${file}.new`, String(shiftMs))
  renameSync(`${file}.new`, file)
}

const file = process.env[CLOCK_SHIFT_FILE]

if (file !== undefined) {
  const realNow = Date.now
  const now = (): number => realNow() + Number(readFileSync(file, 'utf8'))
  Date.now = now
  globalThis.Date = new Proxy(Date, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
  })
}
