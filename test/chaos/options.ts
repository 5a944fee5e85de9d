import { parseArgs } from 'node:util'
import { FULL_RATE_MINUTES, LONG_MINUTES } from './pace'

export interface ChaosOptions {
  /** How long records are written and things happen. */
  readonly minutes: number
  readonly seed: number
  /** Judges the growth of memory, sockets and delay also in a short run. */
  readonly watchesGrowth: boolean
  readonly isVerbose: boolean
}

/** The command line makes no sense; the message is one clear line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const MAX_MINUTES = 120
const MAX_SEED = 2 ** 32 - 1

export const HELP = `Three Node-RED processes of one consumer group read records with Commit "on ack", in flows that are
slow and fail now and then, while processes and connections die, shards split, and the endpoint fails.

  npm run chaos                             one minute of a seed that it prints
  npm run chaos -- --minutes 3 --seed 7     the same plan of actions each time, but for the timing
  npm run chaos -- --minutes 60             also whether memory, sockets or the delay grow

Options
  --minutes <n>   how long, more than 0 and up to ${MAX_MINUTES} (default 1); start and end take some seconds more
  --seed <n>      a whole number from 0 to ${MAX_SEED} (default: any)
  --growth        judge growth in a run of less than ${LONG_MINUTES} minutes too
  --verbose       print the plan, and each action when it begins and ends
  --help

From ${LONG_MINUTES} minutes on, two of the processes are never ended, and all are sampled once a minute: memory, sockets,
timers, listeners, and the delay of the group. In the end the median of the last quarter of the samples
is compared with that of the second quarter. From ${FULL_RATE_MINUTES} minutes on, records are written more slowly, as all
messages are kept until the run is judged.

Exits with 0, or with 1 if a record was lost, a commit lay beyond an unacknowledged record, a process did
not start, stop or deploy, or something grew by more than its bound.
`

const FLAGS = {
  minutes: { type: 'string', default: '1' },
  seed: { type: 'string' },
  growth: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** `undefined`: only help is wanted. Throws UsageError. */
export function parseCommandLine(args: readonly string[]): ChaosOptions | undefined {
  const { minutes, seed, growth, verbose, help } = parseFlags(args)
  if (help) return undefined
  return {
    minutes: minutesOf(minutes),
    seed: seed === undefined ? Math.floor(Math.random() * MAX_SEED) : seedOf(seed),
    watchesGrowth: growth,
    isVerbose: verbose,
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true }).values
  } catch (error) {
    const [firstSentence = ''] = (error instanceof Error ? error.message : '').split('. ')
    throw new UsageError(firstSentence)
  }
}

function minutesOf(text: string): number {
  const value = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= MAX_MINUTES) return value
  throw new UsageError(`--minutes takes a number up to ${MAX_MINUTES}, not "${text}"`)
}

function seedOf(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= MAX_SEED) return value
  throw new UsageError(`--seed takes a whole number from 0 to ${MAX_SEED}, not "${text}"`)
}
