import { parseArgs } from 'node:util'

export interface FaultOptions {
  /** One case of each kind of reaction. */
  readonly isShort: boolean
  /** Only cases whose name contains one of these texts, ignoring case; empty: all. */
  readonly only: readonly string[]
  /** Cases that run at the same time. */
  readonly parallel: number
}

/** The command line makes no sense; the message is one clear line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const DEFAULT_PARALLEL = 10
/** The short cases take two rounds. */
const SHORT_PARALLEL = 14
const MAX_PARALLEL = 50

export const HELP = `A consumer reads from an emulator while a fault is on: an error code at an API, a closed connection,
silence, a lost, dripping or garbled response. Judged are the requests, connections and log lines that it
makes, its status, and how soon records arrive after the fault.

  npm run test:faults                            every case
  npm run test:faults -- --short                 one of each reaction
  npm run test:faults -- --only "Heartbeat:"     cases whose name contains the text

Options
  --short            one case of each kind of reaction
  --only <text>      cases whose name contains the text, ignoring case; may be given several times
  --parallel <n>     cases at the same time, 1 to ${MAX_PARALLEL} (default ${DEFAULT_PARALLEL}; with --short ${SHORT_PARALLEL})
  --help

Exits with 0, with 1 if a bound was broken, or with 2 if an option makes no sense.
`

const FLAGS = {
  short: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] as string[] },
  parallel: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** `undefined`: only help is wanted. Throws UsageError. */
export function parseCommandLine(args: readonly string[]): FaultOptions | undefined {
  const { short, only, parallel, help } = parseFlags(args)
  if (help) return undefined
  return {
    isShort: short,
    only,
    parallel:
      parallel === undefined ? (short ? SHORT_PARALLEL : DEFAULT_PARALLEL) : parallelOf(parallel),
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

function parallelOf(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= MAX_PARALLEL) return value
  throw new UsageError(`--parallel takes a whole number from 1 to ${MAX_PARALLEL}, not "${text}"`)
}
