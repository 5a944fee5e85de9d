import { readFileSync } from 'node:fs'
import type * as KafkaJS from 'kafkajs'
import type { ClusterInternals } from '../internals'
import { PrivateModules, type Rewrite } from './private-modules'
import * as brokers from './brokers'
import * as cleanReconnect from './clean-reconnect'
import * as coordinator from './coordinator'
import * as endedRetries from './ended-retries'
import * as failingShards from './failing-shards'
import * as fairOrder from './fair-order'
import * as fetchReconnect from './fetch-reconnect'
import * as fetchWait from './fetch-wait'
import * as idleTimer from './idle-timer'
import * as leanBatches from './lean-batches'
import * as membershipHooks from './membership-hooks'
import * as nextOffset from './next-offset'
import * as oneSocket from './one-socket'
import * as ownConnection from './own-connection'
import * as promptLeave from './prompt-leave'
import * as promptResume from './prompt-resume'
import * as recordBatches from './record-batches'
import * as refusedJoins from './refused-joins'
import * as resetWithoutCommit from './reset-without-commit'
import * as shardErrors from './shard-errors'
import * as throttledFetches from './throttled-fetches'

interface Fix {
  /** Of the module that is mended. */
  readonly file: string
  readonly rewrite: Rewrite
  /** Methods of the class that it exports, which the fix extends. */
  readonly methods?: readonly string[]
}

/** The defects of kafkajs that are mended here; each file names the upstream issue and says why. */
const FIXES: readonly Fix[] = [
  endedRetries,
  idleTimer,
  cleanReconnect,
  oneSocket,
  brokers,
  ownConnection,
  fetchReconnect,
  coordinator,
  recordBatches,
  leanBatches,
  nextOffset,
  shardErrors,
  throttledFetches,
  fetchWait,
  refusedJoins,
  fairOrder,
  promptResume,
  promptLeave,
  failingShards,
  membershipHooks,
  resetWithoutCommit,
]

/** The fixes and the internals that we use were written against exactly this version. */
const VERSION = '2.2.4'

export interface PrivateKafkaJS {
  readonly kafkajs: typeof KafkaJS
  readonly Cluster: new (options: Record<string, unknown>) => ClusterInternals
  readonly createLogger: (options: { level: number; logCreator: KafkaJS.logCreator }) => unknown
}

let loaded: PrivateKafkaJS | undefined

/** kafkajs with its defects mended, in a module graph that no other package sees. Loaded once. */
export function privateKafkaJS(): PrivateKafkaJS {
  loaded ??= loadKafkaJS(require.resolve('kafkajs/package.json'), FIXES)
  return loaded
}

export function loadKafkaJS(packageJson: string, fixes: readonly Fix[]): PrivateKafkaJS {
  const { version } = JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string }
  if (version !== VERSION) {
    throw new Error(
      `node-red-contrib-sls-kafka needs kafkajs ${VERSION} but found ${version}; ` +
        `run "npm install kafkajs@${VERSION}" in the folder that holds both`,
    )
  }
  const rewrites: Record<string, Rewrite> = {}
  for (const fix of fixes) {
    const before = rewrites[fix.file]
    rewrites[fix.file] = (exports, load) => {
      const original = before ? before(exports, load) : exports
      requireMethods(fix, original)
      return fix.rewrite(original, load)
    }
  }
  const modules = new PrivateModules(packageJson, rewrites)
  // Also what kafkajs would load lazily, so that a missing target shows now and not in production.
  for (const { file } of fixes) loadOrExplain(modules, file)
  const kafkajs = modules.load('index.js') as typeof KafkaJS
  return {
    kafkajs,
    Cluster: modules.load('src/cluster/index.js') as PrivateKafkaJS['Cluster'],
    createLogger: (modules.load('src/loggers/index.js') as Pick<PrivateKafkaJS, 'createLogger'>)
      .createLogger,
  }
}

function requireMethods({ file, methods = [] }: Fix, exported: unknown): void {
  const { prototype } = exported as { prototype?: Record<string, unknown> }
  const missing = methods.filter((method) => typeof prototype?.[method] !== 'function')
  if (missing.length > 0) throw new Error(`${file} has no ${missing.join(', ')}`)
}

function loadOrExplain(modules: PrivateModules, file: string): void {
  try {
    modules.load(file)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw new Error(
      `the kafkajs that node-red-contrib-sls-kafka found is not as published: ${reason}; ` +
        `remove the folder of kafkajs and run "npm install kafkajs@${VERSION}" in its place`,
      { cause },
    )
  }
}
