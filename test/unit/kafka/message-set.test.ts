import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { decodeRecords } from '../../support/kafkajs-modules'
import { readRecords, texts } from '../../support/record-sets'

interface Message {
  readonly offset: bigint
  readonly magic: 0 | 1
  readonly codec?: number
  readonly value: Buffer | null
  readonly key?: Buffer | null
}

/** A message of the formats before Kafka 0.11. */
function message({ offset, magic, codec = 0, key = null, value }: Message): Buffer {
  const time = Buffer.alloc(magic === 0 ? 0 : 8)
  if (magic === 1) time.writeBigInt64BE(1_700_000_000_000n)
  const body = Buffer.concat([Buffer.of(0, 0, 0, 0, magic, codec), time, sized(key), sized(value)])
  const head = Buffer.alloc(12)
  head.writeBigInt64BE(offset, 0)
  head.writeInt32BE(body.length, 8)
  return Buffer.concat([head, body])
}

function sized(bytes: Buffer | null): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(bytes?.length ?? -1)
  return bytes ? Buffer.concat([size, bytes]) : size
}

const VALUES = ['one', 'two', 'three'].map((text) => Buffer.from(text))

/** @param first of the real offsets */
function set(magic: 0 | 1, isPacked: boolean, first: bigint): Buffer {
  const last = first + BigInt(VALUES.length - 1)
  const from = isPacked && magic === 1 ? 0n : first
  const plain = Buffer.concat(
    VALUES.map((value, index) =>
      message({ offset: from + BigInt(index), magic, key: value, value }),
    ),
  )
  return isPacked ? message({ offset: last, magic, codec: 1, value: gzipSync(plain) }) : plain
}

describe('kafka/message-set', () => {
  for (const magic of [0, 1] as const) {
    for (const isPacked of [false, true]) {
      const name = `magic ${magic}${isPacked ? ' in gzip' : ''}`

      it(`reads ${name} like kafkajs`, async () => {
        const bytes = set(magic, isPacked, 1_000n)
        const expected = await decodeRecords(bytes)
        const { records, lastOffset, unreadable, formats } = await readRecords(bytes)
        assert.equal(unreadable, null)
        assert.deepEqual(
          records.map(({ offset, key, value }) => ({ offset, key, value })),
          expected.map(({ offset, value }) => ({ offset, key: value, value })),
        )
        assert.equal(lastOffset, 1_002n)
        assert.deepEqual([...formats], [magic])
        assert.equal(records[0]?.timestamp, magic === 0 ? -1 : 1_700_000_000_000)
      })

      it(`reads ${name} with exact offsets above 2^53, which kafkajs counts as numbers`, async () => {
        const first = 2n ** 53n + 1n
        const { records, lastOffset } = await readRecords(set(magic, isPacked, first))
        assert.deepEqual(
          records.map(({ offset }) => BigInt(offset)),
          [first, first + 1n, first + 2n],
        )
        assert.equal(lastOffset, first + 2n)
      })

      it(`begins ${name} where it was asked for`, async () => {
        assert.deepEqual(texts(await readRecords(set(magic, isPacked, 10n), 12n)), ['three'])
      })

      it(`says that ${name} is damaged wherever it is cut off`, async () => {
        const whole = set(magic, isPacked, 10n)
        for (let length = 1; length < whole.length; length++) {
          const { records, unreadable, isCutShort } = await readRecords(whole.subarray(0, length))
          const ends = records.map(
            ({ value }) => 2 * (value?.length ?? 0) + (magic === 0 ? 26 : 34),
          )
          const isWhole = !isPacked && length === ends.reduce((sum, size) => sum + size, 0)
          assert.equal(isCutShort || unreadable !== null, !isWhole, `at ${length}`)
        }
      })
    }
  }

  it('refuses what is compressed twice, and lengths of nonsense', async () => {
    const twice = message({ offset: 5n, magic: 1, codec: 1, value: gzipSync(set(1, true, 0n)) })
    assert.match((await readRecords(twice)).unreadable?.message ?? '', /compressed twice/)
    const bytes = message({ offset: 5n, magic: 1, value: Buffer.from('x') })
    bytes.writeInt32BE(-9, bytes.length - 5)
    assert.match((await readRecords(bytes)).unreadable?.message ?? '', /does not match its content/)
  })
})
