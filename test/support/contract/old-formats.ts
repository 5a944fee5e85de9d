import { gzipSync } from 'node:zlib'
import { batchAround } from '../record-sets'

export interface MessageSet {
  readonly magic: 0 | 1
  /** All in one message that is compressed with gzip. */
  readonly isPacked: boolean
  /** Offset of the first one. */
  readonly first: bigint
  readonly values: readonly string[]
}

const GZIP = 1
const LOG_APPEND_TIME = 0x08
const AT = { firstTimestamp: 27, maxTimestamp: 35 } as const

/** Messages of the formats before Kafka 0.11. */
export function messageSet({ magic, isPacked, first, values }: MessageSet): Buffer {
  // Inside of a compressed message of magic 1 offsets count from 0.
  const from = isPacked && magic === 1 ? 0n : first
  const plain = Buffer.concat(
    values.map((value, index) => message(from + BigInt(index), magic, 0, Buffer.from(value))),
  )
  const last = first + BigInt(values.length - 1)
  return isPacked ? message(last, magic, GZIP, gzipSync(plain)) : plain
}

/** A batch whose records have the time at which the service got them. @param time unix ms */
export function logAppendTime(records: Buffer, count: number, time: number): Buffer {
  const batch = batchAround(0n, records, { codec: LOG_APPEND_TIME, count })
  batch.writeBigInt64BE(1n, AT.firstTimestamp)
  batch.writeBigInt64BE(BigInt(time), AT.maxTimestamp)
  return batch
}

function message(offset: bigint, magic: 0 | 1, codec: number, value: Buffer): Buffer {
  const time = Buffer.alloc(magic === 0 ? 0 : 8)
  if (magic === 1) time.writeBigInt64BE(1_700_000_000_000n)
  const checksum = Buffer.alloc(4)
  const body = Buffer.concat([
    checksum,
    Buffer.of(magic, codec),
    time,
    int32(-1),
    int32(value.length),
    value,
  ])
  const start = Buffer.alloc(8)
  start.writeBigInt64BE(offset)
  return Buffer.concat([start, int32(body.length), body])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
