import { refusalOf } from '../faults/refusal'
import { leaderOf } from '../leaders'
import { ErrorCode } from '../protocol/error-codes'
import { LEADER_EPOCH, NODE_ID, versions, type Api } from './api'
import { findLogstore, storeName } from './topics'

interface Request {
  /** `null`: all. */
  readonly topics: readonly string[] | null
}

interface PartitionMetadata {
  /** Comes from faults only. */
  readonly error: ErrorCode
  readonly leader: number
}

interface TopicMetadata {
  readonly name: string
  readonly error: ErrorCode
  readonly partitions: readonly PartitionMetadata[]
}

interface Response {
  readonly host: string
  readonly port: number
  readonly nodeIds: readonly number[]
  readonly topics: readonly TopicMetadata[]
}

const CLUSTER_ID = 'sls-kafka-emulator'

export const metadata: Api<Request, Response> = {
  key: 3,
  name: 'Metadata',
  versions: versions(0, 7),

  decode(reader, version) {
    const topics = reader.nullableArray(() => reader.string())
    // allow_auto_topic_creation follows from version 4 on; logstores are never made that way.
    const meansAll = version === 0 && topics?.length === 0
    return { topics: meansAll ? null : topics }
  },

  handle({ topics }, context) {
    const names = topics ?? context.project.logstores.map(({ name }) => name)
    const { nodes } = context.switches.current
    const described = names.map((name) => {
      const logstore = findLogstore(context, name)
      return typeof logstore === 'number'
        ? { name, error: logstore, partitions: [] }
        : {
            name,
            error: ErrorCode.NONE,
            partitions: logstore.shards.map((shard) => ({
              error: refusalOf(context.refusals, { logstore: storeName(name), shard: shard.id }),
              leader: leaderOf(shard, nodes),
            })),
          }
    })
    // A list of all leaves out what the client may not see, as Apache Kafka does.
    const visible = topics ? described : described.filter(({ error }) => error === ErrorCode.NONE)
    const nodeIds = Array.from({ length: nodes }, (_, index) => NODE_ID + index)
    return { ...context.advertised(), nodeIds, topics: visible }
  },

  encode(writer, { host, port, nodeIds, topics }, version, throttleMs) {
    if (version >= 3) writer.int32(throttleMs)
    writer.array(nodeIds, (nodeId) => {
      writer.int32(nodeId).string(host).int32(port)
      if (version >= 1) writer.nullableString(null) // rack
    })
    if (version >= 2) writer.nullableString(CLUSTER_ID)
    if (version >= 1) writer.int32(NODE_ID) // controller
    writer.array(topics, ({ name, error, partitions }) => {
      writer.int16(error).string(name)
      if (version >= 1) writer.boolean(false) // is_internal
      writer.array([...partitions.entries()], ([partition, { error: partitionError, leader }]) => {
        writer.int16(partitionError).int32(partition).int32(leader)
        if (version >= 7) writer.int32(LEADER_EPOCH)
        writer.array([leader], (replica) => writer.int32(replica))
        writer.array([leader], (inSyncReplica) => writer.int32(inSyncReplica))
        if (version >= 5) writer.array([], () => undefined) // offline_replicas
      })
    })
  },
}
