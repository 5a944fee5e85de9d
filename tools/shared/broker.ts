import { startApacheKafka } from './apache-kafka'
import { commitsOf } from './apache-kafka/commit-log'
import { DEFAULT_VERSION, type KafkaVersion } from './apache-kafka/releases'
import type { ServiceAddress } from './consumer-options'
import { startEmulator, type RunningEmulator } from '../emulator/process'

/** One commit of one shard that the service accepted. */
export interface Commit {
  /** Unix ms by the clock of the service, which runs on this machine. */
  readonly time: number
  readonly shard: number
  readonly offset: string
}

/** A running service: the emulator or Apache Kafka, with the operations that both offer to tests. */
export interface Broker extends ServiceAddress {
  createTopic(topic: string, partitions: number): Promise<void>
  /** Appends the lines, in this order, to one partition. */
  produce(topic: string, partition: number, lines: readonly string[]): Promise<void>
  /** The offset after the last record, by partition. */
  endOffsets(topic: string): Promise<string[]>
  /** The committed offsets of the group, by partition; null for a partition without one. */
  committed(group: string, topic: string): Promise<(string | null)[]>
  /** All commits of the group for a topic so far, oldest first. */
  commits(group: string, topic: string): Promise<Commit[]>
  /** Ids of the members of the group, stale members included. */
  members(group: string): Promise<string[]>
  /** Commits without a member id, oldest first; undefined if the service does not record the id. */
  commitsWithoutMember?(
    group: string,
  ): Promise<{ readonly shard: number; readonly offset: string }[]>
  stop(): Promise<void>
}

export interface BrokerOptions {
  /** How long a new group waits for more members before its first rebalance ends. Default 0. */
  readonly rebalanceDelayMs?: number
}

/** A kind of service that the same tests run on. */
export interface Service {
  readonly name: string
  start(options?: BrokerOptions): Promise<Broker>
}

/** The number of logs in one log group of the emulator; offsets jump between two log groups. */
const LOGS_PER_GROUP = 1_000

export const emulatorService: Service = {
  name: 'the emulator',
  start: async ({ rebalanceDelayMs = 0 } = {}) =>
    brokerOf(await startEmulator({ flags: ['--rebalance-delay', String(rebalanceDelayMs)] })),
}

export const apacheKafka: Service = { ...apacheKafkaOf(DEFAULT_VERSION), name: 'Apache Kafka' }

export function apacheKafkaOf(version: KafkaVersion): Service {
  return {
    name: `Apache Kafka ${version}`,
    start: async ({ rebalanceDelayMs = 0 } = {}) => {
      const kafka = await startApacheKafka({ version, initialRebalanceDelayMs: rebalanceDelayMs })
      return {
        ...kafka,
        commits: (group, topic) => commitsOf(kafka, group, topic),
        members: async (group) => (await kafka.members(group)).map(({ memberId }) => memberId),
      }
    },
  }
}

export function brokerOf(emulator: RunningEmulator): Broker {
  const { port, ca, project, accessKeyId, accessKeySecret } = emulator
  // A virtual topic `<logstore>.N` has the shards of its logstore.
  const shardsOf = async (topic: string) =>
    (await emulator.state()).logstores.find(({ name }) => name === topic.replace(/\.\d+$/, ''))
      ?.shards ?? []
  const groupOf = async (group: string) =>
    (await emulator.state()).groups.find(({ id }) => id === group)

  return {
    port,
    ca,
    project,
    accessKeyId,
    accessKeySecret,
    createTopic: (topic, partitions) => emulator.createLogstore(topic, partitions),
    produce: async (topic, shard, lines) => {
      await emulator.append(topic, lines, { shard, groupSize: LOGS_PER_GROUP })
    },
    endOffsets: async (topic) =>
      (await shardsOf(topic)).map(({ earliest, last }) =>
        last === null ? earliest : String(BigInt(last) + 1n),
      ),
    committed: async (group, topic) => {
      const offsets = (await groupOf(group))?.offsets ?? []
      return (await shardsOf(topic)).map(
        ({ id }) =>
          offsets.find(({ logstore, shard }) => logstore === topic && shard === id)?.offset ?? null,
      )
    },
    commits: async (group, topic) =>
      (await emulator.commits()).filter(
        (commit) => commit.group === group && commit.logstore === topic,
      ),
    members: async (group) => ((await groupOf(group))?.members ?? []).map(({ id }) => id),
    commitsWithoutMember: async (group) =>
      (await emulator.commits()).filter((commit) => commit.group === group && commit.member === ''),
    stop: () => emulator.stop(),
  }
}
