import type { ShardOptions } from '../../../../tools/emulator/store/shard'

/** As the endpoint has them by default, with plenty of room. */
export const SHARD_OPTIONS: ShardOptions = {
  startIndex: 51247n,
  timestamps: 'milliseconds',
  retentionBytes: 1e9,
  maxGroupLogs: 100_000,
  compression: 'none',
}
