import { parseArgs } from 'node:util'

export interface ChaosOptions {
  /** How long records are written and things happen. */
  readonly minutes: number
  readonly seed: number
  readonly isVerbose: boolean
}

/** The command line makes no sense; the message is one clear line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** All messages of a run are kept until it is judged. */
const MAX_MINUTES = 30
const MAX_SEED = 2 ** 32 - 1

export const HELP = `Three Node-RED processes of one consumer group read records with Commit "on ack", in flows that are
slow and fail now and then, while processes and connections die, shards split, and the endpoint fails.

  npm run chaos                             one minute of a seed that it prints
  npm run chaos -- --minutes 3 --seed 7     the same plan of actions each time, but for the timing

Options
  --minutes <n>   how long, more than 0 and up to ${MAX_MINUTES} (default 1); start and end take some seconds more
  --seed <n>      a whole number from 0 to ${MAX_SEED} (default: any)
  --verbose       print the plan, and each action when it begins and ends
  --help

Exits with 0, or with 1 if a record was lost, a commit lay beyond an unacknowledged record, or a process
did not start, stop or deploy.
`

const FLAGS = {
  minutes: { type: 'string', default: '1' },
  seed: { type: 'string' },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** `undefined`: only help is wanted. Throws UsageError. */
export function parseCommandLine(args: readonly string[]): ChaosOptions | undefined {
  const { minutes, seed, verbose, help } = parseFlags(args)
  if (help) return undefined
  return {
    minutes: minutesOf(minutes),
    seed: seed === undefined ? Math.floor(Math.random() * MAX_SEED) : seedOf(seed),
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
