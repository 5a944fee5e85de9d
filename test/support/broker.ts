import { startApacheKafka } from './apache-kafka'
import { commitsOf } from './apache-kafka/commit-log'
import { DEFAULT_VERSION, type KafkaVersion } from './apache-kafka/releases'
import type { ServiceAddress } from './consumer-options'
import { startEmulator, type RunningEmulator } from './emulator'

/** One commit of one shard that the service has taken. */
export interface Commit {
  /** By the service's clock, which is this machine's, unix ms. */
  readonly time: number
  readonly shard: number
  readonly offset: string
}

/** A running service, as far as the tests that run on every service need it. */
export interface Broker extends ServiceAddress {
  createTopic(topic: string, partitions: number): Promise<void>
  /** Appends the lines, in this order, to one partition. */
  produce(topic: string, partition: number, lines: readonly string[]): Promise<void>
  /** The offset after the last record, by partition. */
  endOffsets(topic: string): Promise<string[]>
  /** What the group has committed, by partition; null where nothing is. */
  committed(group: string, topic: string): Promise<(string | null)[]>
  /** Everything that the group has committed for a topic so far, oldest first. */
  commits(group: string, topic: string): Promise<Commit[]>
  /** Ids of the members of the group, also of those whose process is gone. */
  members(group: string): Promise<string[]>
  /** Commits made by nobody as a member, oldest first; absent where the service cannot tell. */
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

/** Logs that the local endpoint keeps together as one log group; offsets jump between two groups. */
const LOGS_PER_GROUP = 1_000

export const localEndpoint: Service = {
  name: 'the local endpoint',
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
