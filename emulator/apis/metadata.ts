import { ErrorCode } from '../protocol/error-codes'
import { LEADER_EPOCH, NO_THROTTLE_MS, NODE_ID, versions, type Api } from './api'
import { findLogstore } from './topics'

interface Request {
  /** `null`: all. */
  readonly topics: readonly string[] | null
}

interface TopicMetadata {
  readonly name: string
  readonly error: ErrorCode
  readonly partitionCount: number
}

interface Response {
  readonly host: string
  readonly port: number
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
    const described = names.map((name) => {
      const logstore = findLogstore(context, name)
      return typeof logstore === 'number'
        ? { name, error: logstore, partitionCount: 0 }
        : { name, error: ErrorCode.NONE, partitionCount: logstore.shards.length }
    })
    // A list of all leaves out what the client may not see, as Apache Kafka does.
    const visible = topics ? described : described.filter(({ error }) => error === ErrorCode.NONE)
    return { ...context.advertised(), topics: visible }
  },

  encode(writer, { host, port, topics }, version) {
    if (version >= 3) writer.int32(NO_THROTTLE_MS)
    writer.array([NODE_ID], (nodeId) => {
      writer.int32(nodeId).string(host).int32(port)
      if (version >= 1) writer.nullableString(null) // rack
    })
    if (version >= 2) writer.nullableString(CLUSTER_ID)
    if (version >= 1) writer.int32(NODE_ID) // controller
    writer.array(topics, ({ name, error, partitionCount }) => {
      writer.int16(error).string(name)
      if (version >= 1) writer.boolean(false) // is_internal
      writer.array([...Array(partitionCount).keys()], (partition) => {
        writer.int16(ErrorCode.NONE).int32(partition).int32(NODE_ID)
        if (version >= 7) writer.int32(LEADER_EPOCH)
        writer.array([NODE_ID], (replica) => writer.int32(replica))
        writer.array([NODE_ID], (inSyncReplica) => writer.int32(inSyncReplica))
        if (version >= 5) writer.array([], () => undefined) // offline_replicas
      })
    })
  },
}
