import { bigWholeNumber, oneOf, parseFlags, UsageError, wholeNumber } from '../shared/command-line'
import { isServed, supportedApis } from './apis'
import { DEFAULTS } from './defaults'
import type { EmulatorOptions } from './emulator'
import { FaultError, parseFaultText } from './faults/parse-fault'
import type { Fault } from './faults/fault'
import { COMPRESSIONS, isAvailable, type Compression } from './protocol/compression'
import { ErrorCode } from './protocol/error-codes'
import { LogstoreError } from './store/logstore-error'
import { MAX_LOGS_PER_GROUP, OFFSETS_PER_GROUP } from './store/offsets'
import { parseViewText } from './store/parse-view'
import { FILTERED_ANSWERS, type FilteredAnswer } from './store/view'
import { SLS_WRITE_LIMITS } from './store/write-limits'
import { RECEPTIONS } from './switches'

/** The options of the command line. */
export interface CliOptions {
  readonly emulator: Omit<EmulatorOptions, 'log'>
  /** The file to read logs from; undefined: standard input. */
  readonly file: string | undefined
  /** The port of the control channel: 0 for any free port, undefined for no channel. */
  readonly controlPort: number | undefined
  readonly isReadyJson: boolean
  readonly stopsOnStdinEnd: boolean
}

/** Offsets stay within 63 bits, with room to grow. */
const MAX_START_INDEX = 1n << 45n
const MIB = 1 << 20
const MAX_RETENTION_MIB = 1 << 20
const MAX_NODES = 100
const MAX_BANDWIDTH = 1_000_000_000
const MAX_LIFETIME_MS = 3_600_000
const MAX_ABORTED_TRANSACTIONS = 1_000

const FLAGS = {
  port: { type: 'string', default: String(DEFAULTS.port) },
  host: { type: 'string', default: '127.0.0.1' },
  advertise: { type: 'string' },
  project: { type: 'string', default: 'local-project' },
  'access-key-id': { type: 'string', default: 'local-id' },
  'access-key-secret': { type: 'string', default: 'local-secret' },
  logstore: { type: 'string', multiple: true, default: ['access-log:4'] as string[] },
  view: { type: 'string', multiple: true, default: [] as string[] },
  filtered: { type: 'string', default: 'empty-batch' },
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
  bandwidth: { type: 'string' },
  'inbound-bandwidth': { type: 'string' },
  'shard-rate': { type: 'string' },
  'write-limits': { type: 'string', default: 'off' },
  nodes: { type: 'string', default: '1' },
  'max-version': { type: 'string', multiple: true, default: [] as string[] },
  'negative-commits': { type: 'string', default: 'accept' },
  'session-lifetime': { type: 'string' },
  'aborted-transactions': { type: 'string', default: '0' },
  reception: { type: 'string', default: 'tls' },
  fault: { type: 'string', multiple: true, default: [] as string[] },
  'control-port': { type: 'string' },
  'ready-json': { type: 'boolean', default: false },
  'stop-on-stdin-end': { type: 'boolean', default: false },
} as const

/** @returns null if the user asks for the help @throws UsageError */
export function parseCommandLine(args: readonly string[]): CliOptions | null {
  const flags = parseFlags(args, FLAGS)
  if (flags.help) return null
  const filtered = oneOf('filtered', flags.filtered, FILTERED_ANSWERS)
  return {
    emulator: {
      host: flags.host,
      port: wholeNumber('port', flags.port, [0, 65_535]),
      advertise: flags.advertise === undefined ? undefined : parseAddress(flags.advertise),
      // A program gets the certificate in the line of JSON.
      certificateFolder:
        flags.certificates ?? (flags['ready-json'] ? undefined : DEFAULTS.certificateFolder),
      projectName: notEmpty('project', flags.project),
      accessKey: {
        id: notEmpty('access-key-id', flags['access-key-id']),
        secret: notEmpty('access-key-secret', flags['access-key-secret']),
      },
      authFailure: oneOf('auth-failure', flags['auth-failure'], ['sasl', 'topic'] as const),
      supportedApis: supportedApis(oneOf('kafka', flags.kafka, ['2.1', '2.2'] as const)),
      logstores: flags.logstore.map(parseLogstore),
      views: flags.view.map((text) => parseView(text, filtered)),
      filtered,
      shards: {
        startIndex: bigWholeNumber('start-index', flags['start-index'], [0n, MAX_START_INDEX]),
        timestamps: oneOf('timestamps', flags.timestamps, ['milliseconds', 'seconds'] as const),
        retentionBytes:
          wholeNumber('retention-mib', flags['retention-mib'], [0, MAX_RETENTION_MIB]) * MIB,
        maxGroupLogs: wholeNumber('max-group-logs', flags['max-group-logs'], [
          1,
          OFFSETS_PER_GROUP,
        ]),
        compression: parseCompression(flags.compression),
      },
      nodes: wholeNumber('nodes', flags.nodes, [1, MAX_NODES]),
      maxVersions: Object.fromEntries(flags['max-version'].map(parseMaxVersion)),
      refusesNegativeCommits:
        oneOf('negative-commits', flags['negative-commits'], ['accept', 'refuse'] as const) ===
        'refuse',
      bytesPerSecond: wholeNumber('bandwidth', flags.bandwidth, [1, MAX_BANDWIDTH]),
      inboundBytesPerSecond: wholeNumber('inbound-bandwidth', flags['inbound-bandwidth'], [
        1,
        MAX_BANDWIDTH,
      ]),
      shardBytesPerSecond: wholeNumber('shard-rate', flags['shard-rate'], [1, MAX_BANDWIDTH]),
      writeLimits:
        oneOf('write-limits', flags['write-limits'], ['off', 'sls'] as const) === 'sls'
          ? SLS_WRITE_LIMITS
          : undefined,
      sessionLifetimeMs: wholeNumber('session-lifetime', flags['session-lifetime'], [
        1,
        MAX_LIFETIME_MS,
      ]),
      abortedTransactions: wholeNumber('aborted-transactions', flags['aborted-transactions'], [
        0,
        MAX_ABORTED_TRANSACTIONS,
      ]),
      reception: oneOf('reception', flags.reception, RECEPTIONS),
      faults: flags.fault.map(parseFaultFlag),
      groups: {
        initialRebalanceDelayMs: wholeNumber(
          'rebalance-delay',
          flags['rebalance-delay'],
          [0, 300_000],
        ),
        minSessionTimeoutMs: wholeNumber(
          'min-session-timeout',
          flags['min-session-timeout'],
          [0, 300_000],
        ),
        maxGroupsPerLogstore: wholeNumber('max-groups', flags['max-groups'], [0, 1_000_000]),
        groupLimitError: errorCode('group-limit-error', flags['group-limit-error']),
      },
    },
    file: flags.file,
    controlPort: wholeNumber('control-port', flags['control-port'], [0, 65_535]),
    isReadyJson: flags['ready-json'],
    stopsOnStdinEnd: flags['stop-on-stdin-end'],
  }
}

function parseLogstore(text: string): { name: string; shards: number } {
  const [name = '', shards = '1', ...more] = text.split(':')
  if (more.length > 0) throw new UsageError(`--logstore takes name:shards, not "${text}"`)
  return { name, shards: wholeNumber('logstore', shards, [0, 256]) }
}

function parseView(text: string, filtered: FilteredAnswer): EmulatorOptions['views'][number] {
  try {
    return parseViewText(text, filtered)
  } catch (error) {
    if (error instanceof LogstoreError) throw new UsageError(`--view ${text}: ${error.message}`)
    throw error
  }
}

function parseAddress(text: string): { host: string; port: number } {
  const separator = text.lastIndexOf(':')
  if (separator < 1) throw new UsageError(`--advertise takes host:port, not "${text}"`)
  return {
    host: text.slice(0, separator).replace(/^\[(.*)\]$/, '$1'),
    port: wholeNumber('advertise', text.slice(separator + 1), [0, 65_535]),
  }
}

function parseMaxVersion(text: string): [api: string, version: number] {
  const [api = '', version = ''] = text.split('=')
  if (isServed(api) && /^-?\d{1,3}$/.test(version)) return [api, Number(version)]
  throw new UsageError(`--max-version takes the name of an API and a number, not "${text}"`)
}

function parseCompression(text: string): Compression {
  const compression = oneOf('compression', text, COMPRESSIONS)
  if (isAvailable(compression)) return compression
  throw new UsageError(`--compression ${compression} needs a later release of Node.js`)
}

function parseFaultFlag(text: string): Fault {
  try {
    return parseFaultText(text)
  } catch (error) {
    if (error instanceof FaultError) throw new UsageError(`--fault ${text}: ${error.message}`)
    throw error
  }
}

function errorCode(flag: string, text: string): ErrorCode {
  const code = Object.values(ErrorCode).find((candidate) => String(candidate) === text)
  if (code !== undefined) return code
  throw new UsageError(`--${flag} takes a Kafka error code that the emulator knows, not "${text}"`)
}

function notEmpty(flag: string, text: string): string {
  if (text !== '') return text
  throw new UsageError(`--${flag} must not be empty`)
}
