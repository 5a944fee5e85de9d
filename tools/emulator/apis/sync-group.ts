import { failedSync, type SyncResult } from '../groups/member'
import { versions, type Api } from './api'

interface Request {
  readonly groupId: string
  readonly generation: number
  readonly memberId: string
  /** By member id; only the leader sends any. */
  readonly assignments: ReadonlyMap<string, Buffer>
}

export const syncGroup: Api<Request, SyncResult> = {
  key: 14,
  name: 'SyncGroup',
  versions: versions(0, 2),

  decode(reader) {
    return {
      groupId: reader.string(),
      generation: reader.int32(),
      memberId: reader.string(),
      assignments: new Map(
        // Copied: the group keeps them.
        reader.array(() => [reader.string(), Buffer.from(reader.bytes())] as const),
      ),
    }
  },

  handle({ groupId, generation, memberId, assignments }, { groups }) {
    return groups.sync(groupId, memberId, generation, assignments)
  },

  refuse(_request, error) {
    return failedSync(error)
  },

  encode(writer, { error, assignment }, version, throttleMs) {
    if (version >= 1) writer.int32(throttleMs)
    writer.int16(error).bytes(assignment)
  },
}
