import { parseFlags, wholeNumber } from '../../tools/shared/command-line'

export interface FaultOptions {
  /** One case of each kind of reaction. */
  readonly isShort: boolean
  /** Only cases whose name contains one of these texts, ignoring case; empty: all. */
  readonly only: readonly string[]
  /** Cases that run at the same time. */
  readonly parallel: number
}

const DEFAULT_PARALLEL = 10
/** The short cases take two rounds. */
const SHORT_PARALLEL = 14
const MAX_PARALLEL = 50

export const HELP = `A consumer reads from an emulator that has a fault: an error code of an API, a closed connection, silence,
or a response that is lost, slow or garbled. Each case has bounds for the requests, connections and log
lines of the consumer, for its status, and for the time until records arrive after the fault.

  npm run test:faults                            every case
  npm run test:faults -- --short                 one of each reaction
  npm run test:faults -- --only "Heartbeat:"     cases whose name contains the text

Options
  --short            one case of each kind of reaction
  --only <text>      cases whose name contains the text, ignoring case; may be given several times
  --parallel <n>     cases at the same time, 1 to ${MAX_PARALLEL} (default ${DEFAULT_PARALLEL}; with --short ${SHORT_PARALLEL})
  --help

Exits with 0, with 1 if a bound was broken, or with 2 if an option is invalid.
`

const FLAGS = {
  short: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] as string[] },
  parallel: { type: 'string' },
} as const

/** @returns null if the user asks for the help @throws UsageError */
export function parseCommandLine(args: readonly string[]): FaultOptions | null {
  const { short, only, parallel, help } = parseFlags(args, FLAGS)
  if (help) return null
  return {
    isShort: short,
    only,
    parallel:
      wholeNumber('parallel', parallel, [1, MAX_PARALLEL]) ??
      (short ? SHORT_PARALLEL : DEFAULT_PARALLEL),
  }
}
