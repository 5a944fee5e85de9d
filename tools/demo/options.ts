import { parseFlags, UsageError, wholeNumber } from '../shared/command-line'
import { fileProblem } from './logs/file'

export interface DemoOptions {
  /** The port of the Node-RED editor; undefined: the usual one, or another one if that is taken. */
  readonly port: number | undefined
  /** Records per second. */
  readonly rate: number
  /** Orders per second. */
  readonly orderRate: number
  /** How long the emulator is off after its button is pressed. */
  readonly outageSeconds: number
  /** The file to write logs from; undefined: logs of a fictional web shop. */
  readonly file: string | undefined
  readonly isCheck: boolean
}

export const USUAL_PORT = 1880
const DEFAULT_RATE = 5
const MAX_RATE = 1_000
/** The check needs 1,000 records within seconds. */
const CHECK_RATE = 400
/** The check has more orders and a shorter outage, so that it ends soon. */
const ORDERS = {
  demo: { orderRate: 5, outageSeconds: 20 },
  check: { orderRate: 25, outageSeconds: 5 },
} as const

export const HELP = `Starts the emulator of SLS, and Node-RED with a flow that reads logs from it. Everything runs on this
machine, without an Alibaba Cloud account and without a network.

  npm run demo                          start the demo, and print the address to open
  npm run demo -- --file access.log     start the demo with your own logs
  npm run demo -- --check               check without the editor that the demo works on this machine

Options
  --file <path>   write the lines of this file instead of the logs of a fictional web shop. A JSON
                  object becomes a log with its fields, any other line a log with the single
                  field "content"
  --rate <n>      records per second, 1 to ${MAX_RATE} (default ${DEFAULT_RATE}; with --check ${CHECK_RATE})
  --port <n>      port of the Node-RED editor (default ${USUAL_PORT}, or another one if that is taken)
  --check         wait until the flow has received 1,000 records, and print the number from each
                  shard and one message; then turn the endpoint off while the flow writes, and
                  stop the database, the endpoint and Node-RED in turn; check that no order is
                  missing in the end, in the database and in the logstore that the flow writes to. Exits with 0, or with 1
                  and the reason
  --help
`

const FLAGS = {
  file: { type: 'string' },
  rate: { type: 'string' },
  port: { type: 'string' },
  check: { type: 'boolean', default: false },
} as const

/** Resolves with null if the user asks for the help. Rejects with UsageError. */
export async function parseCommandLine(args: readonly string[]): Promise<DemoOptions | null> {
  const flags = parseFlags(args, FLAGS)
  if (flags.help) return null
  const problem = flags.file === undefined ? null : await fileProblem(flags.file)
  if (problem !== null) throw new UsageError(problem)
  return {
    port: wholeNumber('port', flags.port, [1, 65_535]),
    rate:
      wholeNumber('rate', flags.rate, [1, MAX_RATE]) ?? (flags.check ? CHECK_RATE : DEFAULT_RATE),
    ...(flags.check ? ORDERS.check : ORDERS.demo),
    file: flags.file,
    isCheck: flags.check,
  }
}
