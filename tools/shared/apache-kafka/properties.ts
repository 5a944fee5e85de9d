import type { KeyStore } from './key-store'

/** A port for clients, SASL_SSL with PLAIN. */
export interface Listener {
  /** Upper case. */
  readonly name: string
  readonly port: number
  /** The host that the broker advertises. */
  readonly advertisedHost: string
}

/** Where brokers keep what they agree on. */
export type MetadataStore =
  | { readonly zooKeeperPort: number }
  /** Each broker is a controller as well (KRaft): its ports, by node id from 1 on. */
  | { readonly controllerPorts: readonly number[] }

export interface BrokerConfig {
  /** From 1 on. */
  readonly nodeId: number
  readonly listeners: readonly Listener[]
  /** For the other brokers. */
  readonly brokerPort: number
  readonly metadata: MetadataStore
  readonly dataFolder: string
  readonly keyStore: KeyStore
  readonly project: string
  readonly password: string
  /** Copies of each partition, also of those with the committed offsets. */
  readonly replicas: number
  /** Copies that must have a record before a writer that asks for all is answered. */
  readonly minInSyncReplicas: number
  readonly initialRebalanceDelayMs: number
}

type Properties = Record<string, string | number | boolean>

/** The server.properties of one broker. */
export function serverProperties(config: BrokerConfig): string {
  const { nodeId, listeners, brokerPort, project, password, replicas, minInSyncReplicas } = config
  const metadata = metadataProperties(nodeId, config.metadata)
  const properties: Properties = {
    ...metadata.properties,
    'log.dirs': config.dataFolder,

    listeners: [
      ...listeners.map(({ name, port }) => `${name}://127.0.0.1:${port}`),
      `BROKER://127.0.0.1:${brokerPort}`,
      ...metadata.listeners,
    ].join(),
    'advertised.listeners': [
      ...listeners.map(({ name, port, advertisedHost }) => `${name}://${advertisedHost}:${port}`),
      `BROKER://127.0.0.1:${brokerPort}`,
    ].join(),
    'listener.security.protocol.map': [
      ...listeners.map(({ name }) => `${name}:SASL_SSL`),
      'BROKER:PLAINTEXT',
      'CONTROLLER:PLAINTEXT',
    ].join(),
    'inter.broker.listener.name': 'BROKER',

    ...keyStoreProperties(config.keyStore),
    'sasl.enabled.mechanisms': 'PLAIN',

    // SLS creates no logstores on demand either.
    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'min.insync.replicas': minInSyncReplicas,
    'offsets.topic.replication.factor': replicas,
    // The default of 50 only costs start-up time.
    'offsets.topic.num.partitions': OFFSETS_PARTITIONS,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': minInSyncReplicas,
    'group.initial.rebalance.delay.ms': config.initialRebalanceDelayMs,
    'group.min.session.timeout.ms': 1_000,
    'group.max.session.timeout.ms': 600_000,
  }
  for (const { name } of listeners) {
    properties[`listener.name.${name.toLowerCase()}.plain.sasl.jaas.config`] =
      'org.apache.kafka.common.security.plain.PlainLoginModule required ' +
      `user_${project}="${password}";`
  }
  return textOf(properties)
}

/** Partitions of the topic with the committed offsets: each is the place of some groups. */
export const OFFSETS_PARTITIONS = 4

/** The configuration of one ZooKeeper server. */
export function zooKeeperProperties(port: number, dataFolder: string): string {
  return textOf({
    dataDir: dataFolder,
    clientPort: port,
    clientPortAddress: '127.0.0.1',
    // Its page for administrators would listen on a fixed port.
    'admin.enableServer': false,
  })
}

function metadataProperties(
  nodeId: number,
  store: MetadataStore,
): { properties: Properties; listeners: readonly string[] } {
  if ('zooKeeperPort' in store) {
    const connect = `127.0.0.1:${store.zooKeeperPort}`
    return { properties: { 'broker.id': nodeId, 'zookeeper.connect': connect }, listeners: [] }
  }
  const { controllerPorts } = store
  const voters = controllerPorts.map((port, index) => `${index + 1}@127.0.0.1:${port}`)
  return {
    properties: {
      'process.roles': 'broker,controller',
      'node.id': nodeId,
      'controller.quorum.voters': voters.join(),
      'controller.listener.names': 'CONTROLLER',
    },
    listeners: [`CONTROLLER://127.0.0.1:${controllerPorts[nodeId - 1] ?? 0}`],
  }
}

function keyStoreProperties({ type, file, password }: KeyStore): Properties {
  const properties: Properties = { 'ssl.keystore.type': type, 'ssl.keystore.location': file }
  if (password !== null) {
    properties['ssl.keystore.password'] = password
    properties['ssl.key.password'] = password
  }
  return properties
}

function textOf(properties: Properties): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
