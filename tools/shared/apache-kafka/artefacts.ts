import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { superviseChild } from '../node-red/child'
import { repositoryRoot } from '../repository'
import type { Release } from './releases'

const JAVA_VERSION = 17
const FETCH_MS = 15 * 60_000
const FILES_PER_PROGRESS_LINE = 20

/** The Java to run the broker with. @throws Error one line that says what to install */
export async function requireJava(): Promise<string> {
  const home = process.env['JAVA_HOME']
  const java = home === undefined || home === '' ? 'java' : join(home, 'bin', 'java')
  const output = await versionOf(java, '-version')
  const found = Number(/version "(\d+)/.exec(output ?? '')?.[1] ?? 0)
  if (found < JAVA_VERSION) {
    throw new Error(
      `Apache Kafka needs Java ${JAVA_VERSION} or newer, ` +
        (output === undefined ? `but there is no ${java}` : `but ${java} is version ${found}`) +
        ': install a Java runtime, e.g. apt-get install openjdk-17-jre-headless',
    )
  }
  return java
}

/** The folder with the broker's jar files, fetched once for each text of the release's pom file. */
export async function fetchApacheKafka({ pom: name, version: release }: Release): Promise<string> {
  const root = repositoryRoot()
  const pom = join(root, 'tools', 'shared', 'apache-kafka', name)
  const version = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 12)
  const cache = join(root, '.cache', 'apache-kafka')
  const folder = join(cache, version)
  if (existsSync(folder)) return folder

  if ((await versionOf('mvn', '--version')) === undefined) {
    throw new Error('Apache Kafka is fetched by Maven: install it, e.g. apt-get install maven')
  }
  await mkdir(cache, { recursive: true })
  // Renamed when complete: an interrupted download is never taken for a whole one.
  const partial = await mkdtemp(join(cache, 'partial-'))
  try {
    await runMaven(release, pom, partial)
    await rename(partial, folder).catch((error: unknown) => {
      // Another process was faster.
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
  return folder
}

async function runMaven(release: string, pom: string, folder: string): Promise<void> {
  progress(`fetching Apache Kafka ${release} with Maven (once, 30 to 80 MB) ...`)
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime']
  const maven = superviseChild(
    'Maven',
    spawn('mvn', ['--batch-mode', '--file', pom, ...goal, `-DoutputDirectory=${folder}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
    () => undefined,
  )
  let files = 0
  maven.process.stdout?.on('data', (chunk: Buffer) => {
    const before = files
    files += chunk.toString().split('Downloaded from').length - 1
    if (
      Math.floor(before / FILES_PER_PROGRESS_LINE) < Math.floor(files / FILES_PER_PROGRESS_LINE)
    ) {
      progress(`${files} files`)
    }
  })
  const { code } = await maven.waitForExit(FETCH_MS).catch((error: unknown) => {
    maven.process.kill()
    throw error
  })
  if (code !== 0) throw new Error(`Maven failed: ${maven.explain('Apache Kafka')}`)
  progress('fetched')
}

function progress(text: string): void {
  process.stderr.write(`apache-kafka: ${text}\n`)
}

/** What a program says of its version, on either stream; undefined if there is no such program. */
async function versionOf(program: string, option: string): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [option])
    return stdout + stderr
  } catch {
    return undefined
  }
}
