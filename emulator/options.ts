import { parseArgs } from 'node:util'
import { supportedApis } from './apis'
import type { EmulatorOptions } from './emulator'
import { COMPRESSIONS } from './protocol/compression'
import { ErrorCode } from './protocol/error-codes'
import { MAX_LOGS_PER_GROUP, OFFSETS_PER_GROUP } from './store/offsets'

/** What the command line asks for. */
export interface CliOptions {
  readonly emulator: Omit<EmulatorOptions, 'log'>
  /** Without it logs come from standard input. */
  readonly file: string | undefined
  /** `undefined`: no control channel; 0: any free port. */
  readonly controlPort: number | undefined
  readonly isReadyJson: boolean
  readonly stopsOnStdinEnd: boolean
}

/** The command line makes no sense; the message is one clear line. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** SLS's own port for the public network. */
const DEFAULT_PORT = 10012
/** Offsets stay within 63 bits, with room to grow. */
const MAX_START_INDEX = 1n << 45n
const MAX_RETENTION_MIB = 1 << 20
const DEFAULT_CERTIFICATE_FOLDER = '.cache/emulator'

const FLAGS = {
  port: { type: 'string', default: String(DEFAULT_PORT) },
  host: { type: 'string', default: '127.0.0.1' },
  advertise: { type: 'string' },
  project: { type: 'string', default: 'local-project' },
  'access-key-id': { type: 'string', default: 'local-id' },
  'access-key-secret': { type: 'string', default: 'local-secret' },
  logstore: { type: 'string', multiple: true, default: ['access-log:4'] as string[] },
  file: { type: 'string' },
  certificates: { type: 'string' },
  'retention-mib': { type: 'string', default: '256' },
  'auth-failure': { type: 'string', default: 'sasl' },
  kafka: { type: 'string', default: '2.2' },
  timestamps: { type: 'string', default: 'milliseconds' },
  'start-index': { type: 'string', default: '51247' },
  'rebalance-delay': { type: 'string', default: '0' },
  'min-session-timeout': { type: 'string', default: '6000' },
  'max-groups': { type: 'string', default: '15' },
  'group-limit-error': { type: 'string', default: String(ErrorCode.INVALID_GROUP_ID) },
  compression: { type: 'string', default: 'none' },
  'max-group-logs': { type: 'string', default: String(MAX_LOGS_PER_GROUP) },
  'control-port': { type: 'string' },
  'ready-json': { type: 'boolean', default: false },
  'stop-on-stdin-end': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

export const HELP = `A local SLS Kafka endpoint: try your flow on your own logs, without an Alibaba Cloud account.

  npm run emulator -- [options]                    type logs, a line a log
  npm run emulator -- --file access.log            logs from a file
  tail -f access.log | npm run emulator            logs as they come

A line is a log. A line that is a JSON object becomes a log with these fields, any other line
a log with the one field "content". Logs go to the first logstore, spread over its shards.

Options
  --port <n>                  port to listen on, 0 = any (default ${DEFAULT_PORT})
  --host <address>            address to listen on (default 127.0.0.1: this machine only)
  --advertise <host:port>     where clients are sent to (default localhost and the port)
  --project <name>            (default local-project)
  --access-key-id <id>        (default local-id)
  --access-key-secret <text>  (default local-secret)
  --logstore <name:shards>    may be given several times (default access-log:4)
  --file <path>               read logs from a file, not from standard input
  --certificates <folder>     keep the certificates here: clients have to trust its ca.pem
                              (default ${DEFAULT_CERTIFICATE_FOLDER})
  --retention-mib <n>         keep at most this much per shard, drop the oldest (default 256)

To see how a flow takes what SLS may do
  --auth-failure <how>        a wrong AccessKey fails as "sasl" (default) or "topic"
  --kafka <release>           offer the API versions of Kafka 2.1 or 2.2 (default 2.2)
  --timestamps <unit>         record timestamps in "milliseconds" (default) or "seconds"
  --start-index <n>           index of the first log group (default 51247); offsets are n * 131072;
                              from 68719476736 on they exceed 2^53
  --rebalance-delay <ms>      wait for more members of a new group (default 0; Apache Kafka 3000)
  --min-session-timeout <ms>  shortest session time-out accepted (default 6000, as Apache Kafka)
  --max-groups <n>            consumer groups per logstore (default 15, as SLS)
  --group-limit-error <code>  Kafka error code for one more (default 24; SLS's own is not known)
  --compression <codec>       record batches compressed: "none" (default), "gzip", or "zstd" (Node.js
                              22.15 or later)
  --max-group-logs <n>        logs that a log group may hold (default 100000, as SLS); what is beyond
                              is dropped; at most 131072

For programs
  --control-port <n>          HTTP control channel on 127.0.0.1, 0 = any (default: none)
  --ready-json                print one line of JSON once it listens, and no table
  --stop-on-stdin-end         stop when standard input ends
  --help
`

/** Returns `undefined` if only help is wanted. Throws UsageError. */
export function parseCommandLine(args: readonly string[]): CliOptions | undefined {
  const flags = parseFlags(args)
  if (flags.help) return undefined
  return {
    emulator: {
      host: flags.host,
      port: wholeNumber('port', flags.port, 65_535),
      advertise: flags.advertise === undefined ? undefined : parseAddress(flags.advertise),
      // A program is told the certificate in the line of JSON.
      certificateFolder:
        flags.certificates ?? (flags['ready-json'] ? undefined : DEFAULT_CERTIFICATE_FOLDER),
      projectName: notEmpty('project', flags.project),
      accessKey: {
        id: notEmpty('access-key-id', flags['access-key-id']),
        secret: notEmpty('access-key-secret', flags['access-key-secret']),
      },
      authFailure: oneOf('auth-failure', flags['auth-failure'], ['sasl', 'topic'] as const),
      supportedApis: supportedApis(oneOf('kafka', flags.kafka, ['2.1', '2.2'] as const)),
      logstores: flags.logstore.map(parseLogstore),
      shards: {
        startIndex: bigWholeNumber('start-index', flags['start-index'], MAX_START_INDEX),
        timestamps: oneOf('timestamps', flags.timestamps, ['milliseconds', 'seconds'] as const),
        retentionBytes:
          wholeNumber('retention-mib', flags['retention-mib'], MAX_RETENTION_MIB) * 1024 * 1024,
        maxGroupLogs: wholeNumber('max-group-logs', flags['max-group-logs'], OFFSETS_PER_GROUP),
        compression: oneOf('compression', flags.compression, COMPRESSIONS),
      },
      groups: {
        initialRebalanceDelayMs: wholeNumber('rebalance-delay', flags['rebalance-delay'], 300_000),
        minSessionTimeoutMs: wholeNumber(
          'min-session-timeout',
          flags['min-session-timeout'],
          300_000,
        ),
        maxGroupsPerLogstore: wholeNumber('max-groups', flags['max-groups'], 1_000_000),
        groupLimitError: errorCode('group-limit-error', flags['group-limit-error']),
      },
    },
    file: flags.file,
    controlPort:
      flags['control-port'] === undefined
        ? undefined
        : wholeNumber('control-port', flags['control-port'], 65_535),
    isReadyJson: flags['ready-json'],
    stopsOnStdinEnd: flags['stop-on-stdin-end'],
  }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, strict: true }).values
  } catch (error) {
    const [firstSentence = ''] = (error instanceof Error ? error.message : '').split(/[.\n]/)
    throw new UsageError(firstSentence)
  }
}

function parseLogstore(text: string): { name: string; shards: number } {
  const [name = '', shards = '1', ...more] = text.split(':')
  if (more.length > 0) throw new UsageError(`--logstore takes name:shards, not "${text}"`)
  return { name, shards: wholeNumber('logstore', shards, 256) }
}

function parseAddress(text: string): { host: string; port: number } {
  const separator = text.lastIndexOf(':')
  if (separator < 1) throw new UsageError(`--advertise takes host:port, not "${text}"`)
  return {
    host: text.slice(0, separator).replace(/^\[(.*)\]$/, '$1'),
    port: wholeNumber('advertise', text.slice(separator + 1), 65_535),
  }
}

function wholeNumber(flag: string, text: string, max: number): number {
  return Number(bigWholeNumber(flag, text, BigInt(max)))
}

function bigWholeNumber(flag: string, text: string, max: bigint): bigint {
  if (/^\d{1,19}$/.test(text) && BigInt(text) <= max) return BigInt(text)
  throw new UsageError(`--${flag} takes a whole number from 0 to ${String(max)}, not "${text}"`)
}

function oneOf<Choice extends string>(
  flag: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((candidate) => candidate === text)
  if (choice) return choice
  throw new UsageError(`--${flag} takes ${choices.join(' or ')}, not "${text}"`)
}

function errorCode(flag: string, text: string): ErrorCode {
  const code = Object.values(ErrorCode).find((candidate) => String(candidate) === text)
  if (code !== undefined) return code
  throw new UsageError(`--${flag} takes a Kafka error code that this endpoint knows, not "${text}"`)
}

function notEmpty(flag: string, text: string): string {
  if (text !== '') return text
  throw new UsageError(`--${flag} may not be empty`)
}
