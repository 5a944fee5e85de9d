import { createCertificate } from './apache-kafka/certificate'
import { DEFAULT_VERSION, releaseOf, type KafkaVersion } from './apache-kafka/releases'
import { startServers, type RunningBroker } from './apache-kafka/servers'
import { connectTools, type Tools } from './apache-kafka/tools'

export interface ApacheKafkaOptions {
  /** Default 3.9. */
  readonly version?: KafkaVersion
  /** Default test-project. */
  readonly project?: string
  readonly accessKeyId?: string
  readonly accessKeySecret?: string
  /**
   * How long a new group waits for more members before its first rebalance ends. Default 0;
   * Kafka's own default is 3,000 ms, and a member that joins in this time is a pending one.
   */
  readonly initialRebalanceDelayMs?: number
  /** Default 1. With more, each partition has a copy on every broker, and two must be in sync. */
  readonly brokers?: number
}

export interface ApacheKafka extends Tools {
  /** The listener of the first broker that advertises localhost, SASL_SSL with PLAIN. */
  readonly port: number
  /** `localhost:port`. */
  readonly bootstrap: string
  /** PEM of the authority that signed the brokers' certificate. */
  readonly ca: string
  /** The username; the password is `accessKeyId#accessKeySecret`. */
  readonly project: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Each has a listener LOCAL that advertises localhost, and one NAMED that advertises a host of its own. */
  readonly brokers: readonly RunningBroker[]
  /** The output of all brokers so far. */
  logs(): readonly string[]
  /** Ends the brokers and throws their data away. */
  stop(): Promise<void>
}

/** Starts Apache Kafka on loopback so that it looks like an SLS project to clients. */
export async function startApacheKafka(options: ApacheKafkaOptions = {}): Promise<ApacheKafka> {
  const {
    version = DEFAULT_VERSION,
    project = 'test-project',
    accessKeyId = 'test-id',
    accessKeySecret = 'test-secret',
    initialRebalanceDelayMs = 0,
    brokers: count = 1,
  } = options
  const password = `${accessKeyId}#${accessKeySecret}`
  const certificate = await createCertificate(project)
  const servers = await startServers({
    release: releaseOf(version),
    count,
    listeners: (nodeId) => [
      { name: 'LOCAL', advertisedHost: 'localhost' },
      { name: 'NAMED', advertisedHost: brokerHost(nodeId) },
    ],
    certificate,
    project,
    password,
    initialRebalanceDelayMs,
  })
  const ports = servers.brokers.map((broker) => portOf(broker, 'LOCAL'))
  const bootstraps = ports.map((port) => `localhost:${port}`)
  const [bootstrap = ''] = bootstraps
  const [port = 0] = ports
  const ca = certificate.cert
  try {
    const tools = await connectTools({ bootstraps, ca, project, password }, count)
    return {
      ...tools,
      port,
      bootstrap,
      ca,
      project,
      accessKeyId,
      accessKeySecret,
      brokers: servers.brokers,
      logs: () => servers.brokers.flatMap(({ server }) => server.logs),
      stop: async () => {
        await tools.disconnect()
        await servers.stop()
      },
    }
  } catch (error) {
    await servers.stop()
    throw error
  }
}

/** What a broker advertises at its listener NAMED; resolves only where a test makes it. */
function brokerHost(nodeId: number): string {
  return `broker-${nodeId}.localhost`
}

export function portOf({ listeners }: RunningBroker, name: 'LOCAL' | 'NAMED'): number {
  return listeners.find((listener) => listener.name === name)?.port ?? 0
}
