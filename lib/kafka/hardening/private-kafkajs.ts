import { readFileSync } from 'node:fs'
import type * as KafkaJS from 'kafkajs'
import type { ClusterInternals } from '../internals'
import { PrivateModules, type Rewrite } from './private-modules'
import * as idleTimer from './idle-timer'
import * as membershipHooks from './membership-hooks'
import * as promptResume from './prompt-resume'
import * as resetWithoutCommit from './reset-without-commit'

/** The defects of kafkajs that are mended here; each file names the upstream issue and says why. */
const FIXES: readonly { file: string; rewrite: Rewrite }[] = [
  idleTimer,
  promptResume,
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

export function loadKafkaJS(
  packageJson: string,
  fixes: readonly { file: string; rewrite: Rewrite }[],
): PrivateKafkaJS {
  const { version } = JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string }
  if (version !== VERSION) {
    throw new Error(
      `node-red-contrib-sls-kafka needs kafkajs ${VERSION} but found ${version}; ` +
        `run "npm install kafkajs@${VERSION}" in the folder that holds both`,
    )
  }
  const rewrites: Record<string, Rewrite> = {}
  for (const { file, rewrite } of fixes) {
    const before = rewrites[file]
    rewrites[file] = before ? (exports, load) => rewrite(before(exports, load), load) : rewrite
  }
  const modules = new PrivateModules(packageJson, rewrites)
  // Also what kafkajs would load lazily, so that a missing target shows now and not in production.
  for (const { file } of fixes) modules.load(file)
  return {
    kafkajs: modules.load('index.js') as typeof KafkaJS,
    Cluster: modules.load('src/cluster/index.js') as PrivateKafkaJS['Cluster'],
    createLogger: (modules.load('src/loggers/index.js') as Pick<PrivateKafkaJS, 'createLogger'>)
      .createLogger,
  }
}
