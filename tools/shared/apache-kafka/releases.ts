/** Generations of Apache Kafka that tests can run against: the first two parts of the version. */
export const KAFKA_VERSIONS = ['2.2', '3.9', '4.3'] as const

export type KafkaVersion = (typeof KAFKA_VERSIONS)[number]

/** The generation that tests run against unless they name one. */
export const DEFAULT_VERSION: KafkaVersion = '3.9'

/** How a broker of one generation is set up and started. */
export interface Release {
  readonly version: KafkaVersion
  /** File with the jar files that Maven fetches, beside this one. */
  readonly pom: string
  /** Where the brokers keep what they agree on: in ZooKeeper, or in a quorum of their own (KRaft). */
  readonly metadata: 'zookeeper' | 'kraft'
  /** Brokers read PEM files from 2.7 on. */
  readonly keyStore: 'PEM' | 'PKCS12'
  /** The class whose log says that the broker serves clients. */
  readonly startedBy: string
  /** Part of the log line by which it says so. */
  readonly startedLine: string
}

export function releaseOf(version: KafkaVersion): Release {
  const pom = `pom-${version}.xml`
  if (version === '2.2') {
    return {
      version,
      pom,
      metadata: 'zookeeper',
      keyStore: 'PKCS12',
      startedBy: 'kafka.server.KafkaServer',
      startedLine: '] started',
    }
  }
  return {
    version,
    pom,
    metadata: 'kraft',
    keyStore: 'PEM',
    startedBy: 'kafka.server.KafkaRaftServer',
    startedLine: 'Kafka Server started',
  }
}
