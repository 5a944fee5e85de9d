import { execFile, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { superviseChild, type Child } from '../node-red/child'
import { fetchApacheKafka, requireJava } from './artefacts'
import type { Certificate } from './certificate'
import { freePorts } from './ports'
import { serverProperties } from './properties'

export interface BrokerOptions {
  readonly certificate: Certificate
  readonly project: string
  readonly password: string
  readonly initialRebalanceDelayMs: number
}

export interface Broker {
  readonly port: number
  logs(): readonly string[]
  stop(): Promise<void>
}

/** 16 bytes, as the storage wants them; each start has a folder of its own. */
const CLUSTER_ID = Buffer.from('test-sls-cluster').toString('base64url')
const START_MS = 60_000
const STOP_MS = 10_000
const ATTEMPTS = 3

/** Starts the broker process and waits until it serves clients. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const java = await requireJava()
  const classPath = join(await fetchApacheKafka(), '*')
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(java, classPath, options)
    } catch (error) {
      // Somebody took a port between our choosing it and the broker's opening it.
      const portTaken = error instanceof Error && error.message.includes('Address already in use')
      if (!portTaken || attempt === ATTEMPTS) throw error
    }
  }
}

async function startOnce(java: string, classPath: string, options: BrokerOptions): Promise<Broker> {
  const [port = 0, brokerPort = 0, controllerPort = 0] = await freePorts(3)
  const folder = mkdtempSync(join(tmpdir(), 'apache-kafka-'))
  const propertiesFile = join(folder, 'server.properties')
  const keyStore = join(folder, 'key-store.pem')
  let child: Child
  try {
    await writeFile(keyStore, options.certificate.key + '\n' + options.certificate.cert, {
      mode: 0o600,
    })
    await writeFile(
      propertiesFile,
      serverProperties({
        ...options,
        port,
        brokerPort,
        controllerPort,
        keyStore,
        dataFolder: join(folder, 'data'),
      }),
    )
    await formatStorage(java, classPath, propertiesFile)
    child = spawnBroker(folder, java, classPath, propertiesFile)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }

  const stop = async (): Promise<void> => {
    // The guard then kills the broker and removes its data, so nothing needs an orderly end.
    child.process.kill('SIGTERM')
    await child.waitForExit(STOP_MS)
  }
  try {
    await child.waitForLine('Kafka Server started', START_MS)
  } catch (error) {
    await stop()
    throw error
  }
  return { port, logs: () => child.lines, stop }
}

async function formatStorage(java: string, classPath: string, file: string): Promise<void> {
  const args = ['format', `--cluster-id=${CLUSTER_ID}`, '--config', file]
  await promisify(execFile)(java, [
    ...JVM_OPTIONS,
    '-cp',
    classPath,
    'kafka.tools.StorageTool',
    ...args,
  ])
}

function spawnBroker(folder: string, java: string, classPath: string, file: string): Child {
  const args = [...JVM_OPTIONS, ...LOGGING, '-cp', classPath, 'kafka.Kafka', file]
  const guard = fork(join(__dirname, 'guard.js'), [folder, java, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  return superviseChild('Apache Kafka', guard, () => undefined)
}

// Small and quick to start; what a test sends through is little for it.
const JVM_OPTIONS = ['-Xmx768m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

const LOGGING = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
  // Says that it serves clients, which is what the start waits for.
  '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
]
