import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fetchApacheKafka, requireJava } from './artefacts'
import type { Certificate } from './certificate'
import { writeKeyStore } from './key-store'
import { freePorts } from './ports'
import { serverProperties, zooKeeperProperties, type Listener } from './properties'
import type { MetadataStore } from './properties'
import type { Release } from './releases'
import { Server } from './server'

export interface ServersOptions {
  readonly release: Release
  /** Of brokers. With more than one, each partition has a copy on every broker, and two must be in sync. */
  readonly count: number
  /** Of the listeners of a broker, with the hosts that they advertise. */
  readonly listeners: (nodeId: number) => readonly Omit<Listener, 'port'>[]
  readonly certificate: Certificate
  readonly project: string
  readonly password: string
  readonly initialRebalanceDelayMs: number
}

export interface RunningBroker {
  /** From 1 on. */
  readonly nodeId: number
  readonly server: Server
  readonly listeners: readonly Listener[]
}

export interface Servers {
  /** By node id. */
  readonly brokers: readonly RunningBroker[]
  stop(): Promise<void>
}

/** 16 bytes, as the storage wants them; each start has a folder of its own. */
const CLUSTER_ID = Buffer.from('test-sls-cluster').toString('base64url')
const ATTEMPTS = 3

/** Starts brokers that form one cluster, and waits until all of them serve clients. */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const java = await requireJava()
  const classPath = join(await fetchApacheKafka(options.release), '*')
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce([java, '-cp', classPath], options)
    } catch (error) {
      // Another process took a port between our choosing it and the server's opening it.
      const portTaken = error instanceof Error && error.message.includes('Address already in use')
      if (!portTaken || attempt === ATTEMPTS) throw error
    }
  }
}

type Command = readonly [java: string, ...args: string[]]

async function startOnce(command: Command, options: ServersOptions): Promise<Servers> {
  const { release, count } = options
  const servers: Server[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()))
  }
  try {
    let metadata: MetadataStore
    if (release.metadata === 'zookeeper') {
      const [port = 0] = await freePorts(1)
      const zooKeeper = await prepareZooKeeper(command, port)
      servers.push(zooKeeper)
      await zooKeeper.start()
      metadata = { zooKeeperPort: port }
    } else metadata = { controllerPorts: await freePorts(count) }
    const brokers: RunningBroker[] = []
    for (let nodeId = 1; nodeId <= count; nodeId++) {
      const broker = await prepareBroker(command, nodeId, metadata, options)
      brokers.push(broker)
      servers.push(broker.server)
    }
    await Promise.all(brokers.map(({ server }) => server.start()))
    return { brokers, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function prepareZooKeeper(command: Command, port: number): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'zookeeper-'))
  const file = join(folder, 'zoo.cfg')
  await writeFile(file, zooKeeperProperties(port, join(folder, 'data')))
  const log = 'org.apache.zookeeper.server.ContainerManager'
  return serverOf('ZooKeeper', folder, command, {
    heapMb: 64,
    main: 'org.apache.zookeeper.server.quorum.QuorumPeerMain',
    file,
    // It opens its port before it logs this line.
    startedBy: log,
    startedLine: 'Using checkIntervalMs',
  })
}

async function prepareBroker(
  command: Command,
  nodeId: number,
  metadata: MetadataStore,
  options: ServersOptions,
): Promise<RunningBroker> {
  const { release, count, certificate } = options
  const hosts = options.listeners(nodeId)
  const [brokerPort = 0, ...ports] = await freePorts(1 + hosts.length)
  const listeners = hosts.map((host, index) => ({ ...host, port: ports[index] ?? 0 }))
  const folder = mkdtempSync(join(tmpdir(), 'apache-kafka-'))
  const file = join(folder, 'server.properties')
  try {
    const properties = serverProperties({
      ...options,
      nodeId,
      listeners,
      brokerPort,
      metadata,
      keyStore: await writeKeyStore(folder, certificate, release.keyStore),
      dataFolder: join(folder, 'data'),
      replicas: count,
      minInSyncReplicas: Math.min(2, count),
    })
    await writeFile(file, properties)
    if (release.metadata === 'kraft') await formatStorage(command, file)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  const name = `Apache Kafka ${release.version}, broker ${nodeId}`
  const { startedBy, startedLine } = release
  const heapMb = count === 1 ? 768 : 384
  const main = 'kafka.Kafka'
  const server = serverOf(name, folder, command, { heapMb, main, file, startedBy, startedLine })
  return { nodeId, server, listeners }
}

async function formatStorage([java, ...args]: Command, file: string): Promise<void> {
  const format = ['format', `--cluster-id=${CLUSTER_ID}`, '--config', file]
  const options = [...jvmOptions(128), ...args, 'kafka.tools.StorageTool', ...format]
  await promisify(execFile)(java, options)
}

function serverOf(
  name: string,
  folder: string,
  [java, ...args]: Command,
  program: {
    readonly heapMb: number
    readonly main: string
    readonly file: string
    readonly startedBy: string
    readonly startedLine: string
  },
): Server {
  const { heapMb, main, file, startedBy, startedLine } = program
  const logs = [...LOGGING, `-Dorg.slf4j.simpleLogger.log.${startedBy}=info`]
  const all = [...jvmOptions(heapMb), ...logs, ...args, main, file]
  return new Server({ name, folder, java, args: all, startedLine })
}

/** Small and quick to start; what a test sends through is little for a broker. */
function jvmOptions(heapMb: number): string[] {
  return [`-Xmx${heapMb}m`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
}

const LOGGING = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
]
