import { ErrorCode } from '../protocol/error-codes'
import type { Log } from './log'

/** Of all logs that are written at once; those of a single log are always the ones of SLS. */
export interface WriteLimits {
  readonly logs: number
  /** Of names and values. */
  readonly bytes: number
}

/** PutLogs, as Alibaba documented it in 2021 (3 MB, 4,096 logs). */
export const SLS_WRITE_LIMITS: WriteLimits = { logs: 4_096, bytes: 3 * 1_048_576 }

const MAX_LOG_BYTES = 1_048_576
const MAX_NAME_BYTES = 128
const OLDEST_MS = 168 * 3_600_000
const NEWEST_MS = 15 * 60_000

/**
 * Why SLS would not take these logs; NONE if it does. That one bad log makes it refuse all of them is
 * documented for PutLogs; what a Kafka client is told then is not.
 *
 * @param now unix ms
 */
export function writeRefusal(logs: readonly Log[], limits: WriteLimits, now: number): ErrorCode {
  const sizes = logs.map(bytesOf)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const isTooLarge = sizes.some((size) => size > MAX_LOG_BYTES) || total > limits.bytes
  if (isTooLarge || logs.length > limits.logs) return ErrorCode.MESSAGE_TOO_LARGE
  const isInTime = ({ time }: Log): boolean => time >= now - OLDEST_MS && time <= now + NEWEST_MS
  if (!logs.every(isInTime)) return ErrorCode.INVALID_TIMESTAMP
  const names = logs.flatMap(({ fields }) => fields.map(([name]) => Buffer.byteLength(name)))
  const isBad = names.some((length) => length < 1 || length > MAX_NAME_BYTES)
  return isBad ? ErrorCode.INVALID_RECORD : ErrorCode.NONE
}

/** Bytes of the names and values of a log. */
export function bytesOf({ fields }: Log): number {
  return fields.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  )
}
