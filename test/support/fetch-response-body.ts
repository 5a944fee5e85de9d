import { Writer } from '../../tools/emulator/protocol/writer'

const LOGSTORE = 'logs'

/** What a response says of one shard. */
export interface FetchedPart {
  readonly shard: number
  readonly records?: Buffer | null
  readonly error?: number
  readonly aborted?: number
}

/** The body of a Fetch response for the logstore `logs`. */
export function fetchResponse(version: number, parts: readonly FetchedPart[]): Buffer {
  const writer = new Writer()
  if (version >= 1) writer.int32(7)
  if (version >= 7) writer.int16(0).int32(0)
  writer.int32(1).string(LOGSTORE).int32(parts.length)
  for (const { shard, records = null, error = 0, aborted = -1 } of parts) {
    writer.int32(shard).int16(error).int64(99n)
    if (version >= 4) writer.int64(99n)
    if (version >= 5) writer.int64(0n)
    if (version >= 4) {
      writer.int32(aborted)
      for (let left = aborted; left > 0; left--) writer.int64(7n).int64(0n)
    }
    if (version >= 11) writer.int32(-1)
    writer.int32(records?.length ?? -1)
    if (records) writer.raw(records)
  }
  return writer.toBuffer()
}
