export interface BrokerConfig {
  readonly port: number
  readonly brokerPort: number
  readonly controllerPort: number
  readonly dataFolder: string
  /** A PEM file with the private key and the certificate. */
  readonly keyStore: string
  readonly project: string
  readonly password: string
  readonly initialRebalanceDelayMs: number
}

/** The server.properties of one node that is broker and controller (KRaft). */
export function serverProperties(config: BrokerConfig): string {
  const properties: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${config.controllerPort}`,
    'log.dirs': config.dataFolder,

    listeners: [
      `CLIENT://127.0.0.1:${config.port}`,
      `BROKER://127.0.0.1:${config.brokerPort}`,
      `CONTROLLER://127.0.0.1:${config.controllerPort}`,
    ].join(),
    'advertised.listeners': `CLIENT://localhost:${config.port},BROKER://127.0.0.1:${config.brokerPort}`,
    'listener.security.protocol.map': 'CLIENT:SASL_SSL,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',

    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': config.keyStore,
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.client.plain.sasl.jaas.config':
      'org.apache.kafka.common.security.plain.PlainLoginModule required ' +
      `user_${config.project}="${config.password}";`,

    // SLS creates no logstores on demand either.
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    // The default of 50 only costs start-up time.
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': config.initialRebalanceDelayMs,
    'group.min.session.timeout.ms': 1_000,
    'group.max.session.timeout.ms': 600_000,
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
