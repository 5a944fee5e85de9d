import { parseFlags, UsageError, wholeNumber } from '../shared/command-line'
import { FULL_RATE_MINUTES, LONG_MINUTES } from './pace'

export interface ChaosOptions {
  /** How long records are written and the plan runs. */
  readonly minutes: number
  readonly seed: number
  /** Checks memory, sockets and delay for growth in a short run too. */
  readonly watchesGrowth: boolean
  readonly isVerbose: boolean
}

const MAX_MINUTES = 120
const MAX_SEED = 2 ** 32 - 1

export const HELP = `Three Node-RED processes of one consumer group read records with Commit "on ack". Their flows are slow
and sometimes fail. Meanwhile processes and connections end, shards split, and the emulator fails.

  npm run chaos                             run for one minute with a random seed, which is printed
  npm run chaos -- --minutes 3 --seed 7     repeat the plan of a seed; only the timing differs
  npm run chaos -- --minutes 60             also check memory, sockets and delay for growth

Options
  --minutes <n>   length of the run, above 0 and up to ${MAX_MINUTES} (default 1), plus some seconds at start and end
  --seed <n>      seed of the plan, 0 to ${MAX_SEED} (default: random)
  --growth        check for growth in a run of less than ${LONG_MINUTES} minutes too
  --verbose       print the plan, and each action when it begins and ends
  --help

In a run of at least ${LONG_MINUTES} minutes, two processes run from start to end. All processes are sampled once a
minute: memory, sockets, timers, listeners, and the delay of the group. In the end, the median of the
last quarter of the samples is compared with the median of the second quarter. In a run of more than
${FULL_RATE_MINUTES} minutes, records are written more slowly, because all messages are kept until the end.

Exits with 0. Exits with 1 if a record was lost, if a commit passed an unacknowledged record, if a process
did not start, stop or deploy, or if a figure grew by more than its bound.
`

const FLAGS = {
  minutes: { type: 'string', default: '1' },
  seed: { type: 'string' },
  growth: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
} as const

/** @returns null if the user asks for the help @throws UsageError */
export function parseCommandLine(args: readonly string[]): ChaosOptions | null {
  const { minutes, seed, growth, verbose, help } = parseFlags(args, FLAGS)
  if (help) return null
  return {
    minutes: minutesOf(minutes),
    seed: wholeNumber('seed', seed, [0, MAX_SEED]) ?? Math.floor(Math.random() * MAX_SEED),
    watchesGrowth: growth,
    isVerbose: verbose,
  }
}

function minutesOf(text: string): number {
  const value = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= MAX_MINUTES) return value
  throw new UsageError(`--minutes takes a number above 0 and up to ${MAX_MINUTES}, not "${text}"`)
}
