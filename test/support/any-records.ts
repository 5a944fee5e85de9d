import { encodeBatch } from '../../tools/emulator/protocol/record-batch'
import { Writer } from '../../tools/emulator/protocol/writer'
import type { Random } from '../../tools/shared/random'

/** A record as it stands in a batch. */
export interface AnyRecord {
  readonly timestamp: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly (readonly [name: Buffer, value: Buffer | null])[]
}

/** Encodes what no producer of ours would write. The records' offsets follow `baseOffset`. */
export function encodeAnyRecords(baseOffset: bigint, records: readonly AnyRecord[]): Buffer {
  const body = new Writer()
  records.forEach((record, index) => {
    const bytes = encodeRecord(record, index)
    body.varint(bytes.length).raw(bytes)
  })
  return encodeBatch(baseOffset, {
    attributes: 0,
    count: records.length,
    lastOffsetDelta: records.length - 1,
    firstTimestamp: 0,
    maxTimestamp: 0,
    payload: body.toBuffer(),
  })
}

function encodeRecord({ timestamp, key, value, headers }: AnyRecord, offsetDelta: number): Buffer {
  const writer = new Writer().int8(0).varlong(timestamp).varint(offsetDelta)
  const sized = (bytes: Buffer | null): void => {
    writer.varint(bytes?.length ?? -1)
    if (bytes) writer.raw(bytes)
  }
  sized(key)
  sized(value)
  writer.varint(headers.length)
  for (const [name, content] of headers) {
    sized(name)
    sized(content)
  }
  return writer.toBuffer()
}

const TEXTS: readonly string[] = [
  '',
  'text',
  '日志 line',
  '{"a":1}',
  '[1,"b",null]',
  '{"id":7615917337495251231,"x":1e999}',
  '{"__proto__":{"polluted":true},"constructor":1}',
  '{"lone":"\\ud800"}',
  '\ufeff{"a":1}',
  'a\0b\u001b[31m\r\n\u202e',
  '{"not":"closed"',
  `${'['.repeat(1_000)}${']'.repeat(1_000)}`,
]

const TIMESTAMPS: readonly bigint[] = [
  -(2n ** 63n),
  -1n,
  0n,
  1n,
  1_795_342_764n,
  1_795_342_764_638n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
]

const NAMES = ['trace', '', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '0', '名']

/** One that a service may send: anything that the protocol allows. */
export function anyRecord(random: Random): AnyRecord {
  const hasHeaders = random.next() < 0.4
  return {
    timestamp: random.pick(TIMESTAMPS),
    key: random.isHeads() ? null : anyBytes(random),
    value: random.next() < 0.1 ? null : anyBytes(random),
    headers: Array.from({ length: hasHeaders ? random.between(1, 6) : 0 }, () => [
      random.next() < 0.1 ? anyBytes(random) : Buffer.from(random.pick(NAMES)),
      random.next() < 0.3 ? null : anyBytes(random),
    ]),
  }
}

function anyBytes(random: Random): Buffer {
  if (random.next() < 0.8) return Buffer.from(random.pick(TEXTS))
  // Seldom valid UTF-8; the second is a lone surrogate.
  if (random.isHeads()) return Buffer.from([0xed, 0xa0, 0x80])
  return Buffer.from(Array.from({ length: random.between(1, 300) }, () => random.between(0, 255)))
}
