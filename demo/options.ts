import { parseArgs } from 'node:util'
import { fileProblem } from './logs/file'

export interface DemoOptions {
  /** Of the Node-RED editor; `undefined`: the usual one, or another if that is taken. */
  readonly port: number | undefined
  /** Records per second. */
  readonly rate: number
  /** Orders per second. */
  readonly orderRate: number
  /** How long the endpoint is off when its button is pressed. */
  readonly outageSeconds: number
  /** Without it the logs of a made-up web shop are fed. */
  readonly file: string | undefined
  readonly isCheck: boolean
}

/** The command line makes no sense; the message is one clear line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const USUAL_PORT = 1880
const DEFAULT_RATE = 5
const MAX_RATE = 1_000
/** A thousand records in a few seconds. */
const CHECK_RATE = 400
/** In the check orders come faster and the outage is shorter, so that it ends soon. */
const ORDERS = {
  demo: { orderRate: 5, outageSeconds: 20 },
  check: { orderRate: 25, outageSeconds: 5 },
} as const

export const HELP = `Node-RED with one flow that reads a logstore, and a local SLS Kafka endpoint to read it from.
No Alibaba Cloud account, no network: everything runs on this machine.

  npm run demo                          start it, then open the address that it prints
  npm run demo -- --file access.log     the same with your own logs
  npm run demo -- --check               no editor: does it work on this machine?

Options
  --file <path>   feed the lines of this file instead of the logs of a made-up web shop; a line
                  that is a JSON object becomes a log with these fields, any other line a log
                  with the one field "content"
  --rate <n>      records per second, 1 to ${MAX_RATE} (default ${DEFAULT_RATE}; with --check ${CHECK_RATE})
  --port <n>      port of the Node-RED editor (default ${USUAL_PORT}, or any other if that is taken)
  --check         wait until 1,000 records have passed through the flow, print how many came from
                  which shard and one whole message; then break the database, the endpoint and
                  Node-RED in turn, and see that no order is missing in the end. Exits with 0, or
                  with 1 and the reason
  --help
`

const FLAGS = {
  file: { type: 'string' },
  rate: { type: 'string' },
  port: { type: 'string' },
  check: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Resolves with `undefined` if only help is wanted. Rejects with UsageError. */
export async function parseCommandLine(args: readonly string[]): Promise<DemoOptions | undefined> {
  const flags = parseFlags(args)
  if (flags.help) return undefined
  const problem = flags.file === undefined ? null : await fileProblem(flags.file)
  if (problem !== null) throw new UsageError(problem)
  return {
    port: flags.port === undefined ? undefined : wholeNumber('port', flags.port, 65_535),
    rate:
      flags.rate === undefined
        ? flags.check
          ? CHECK_RATE
          : DEFAULT_RATE
        : wholeNumber('rate', flags.rate, MAX_RATE),
    ...(flags.check ? ORDERS.check : ORDERS.demo),
    file: flags.file,
    isCheck: flags.check,
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

function wholeNumber(flag: string, text: string, max: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= max) return value
  throw new UsageError(`--${flag} takes a whole number from 1 to ${max}, not "${text}"`)
}
