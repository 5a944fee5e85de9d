import type { Emulator } from '../../tools/emulator/emulator'
import { decodeRecordBatches } from '../../tools/emulator/protocol/record-batch'

/** Values of all records of one shard, in order. */
export function storedIn(endpoint: Emulator, logstore: string, shard: number): string[] {
  const found = endpoint.project.logstore(logstore)?.shards[shard]
  const batches = found?.read(found.earliestOffset, 1e9, true) ?? []
  return batches.flatMap((batch) =>
    decodeRecordBatches(batch)
      .flat()
      .map(({ value }) => String(value)),
  )
}

/** Values of all records of a logstore, shard by shard. */
export function storedOf(endpoint: Emulator, logstore: string): string[] {
  const shards = endpoint.project.logstore(logstore)?.shards ?? []
  return shards.flatMap((_, shard) => storedIn(endpoint, logstore, shard))
}
