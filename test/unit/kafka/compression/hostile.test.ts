import assert from 'node:assert/strict'
import * as zlib from 'node:zlib'
import { decompress } from '../../../../lib/kafka/records/compression/codecs'
import { MAX_BATCH_BYTES } from '../../../../lib/kafka/records/compression/limits'
import { decompressSnappy } from '../../../../lib/kafka/records/compression/snappy'
import { decompressZstd } from '../../../../lib/kafka/records/compression/zstd/zstd'
import { Random } from '../../../../tools/shared/random'
import { compressedBatch, PRODUCERS, type Codec } from '../../../support/compressed-batches'
import { batchAround, readRecords } from '../../../support/record-sets'
import { snappyOf } from '../../../support/snappy'

const RECORDS_AT = 61
const NUMBERS = { gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const
const ROUNDS = 400

const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000)

type Native = (bytes: Buffer) => Buffer
const { zstdCompressSync } = zlib as { readonly zstdCompressSync?: Native }

describe(`kafka/compression: hostile bytes (FUZZ_SEED=${SEED})`, () => {
  for (const [name, codec] of Object.entries(NUMBERS)) {
    it(`${name} ends on random bytes, with an error of its own or with a text`, async () => {
      const random = new Random(SEED + codec)
      for (let round = 0; round < ROUNDS; round++) {
        const bytes = Buffer.from(
          Array.from({ length: random.between(0, 200) }, () => random.between(0, 255)),
        )
        await endsWell(codec, name, bytes)
      }
    })

    it(`${name} ends on batches of others in which bytes were changed`, async () => {
      const random = new Random(SEED + 10 + codec)
      const batches = PRODUCERS.map((producer) =>
        compressedBatch(producer, name as Codec).subarray(RECORDS_AT),
      )
      for (let round = 0; round < ROUNDS; round++) {
        const bytes = Buffer.from(random.pick(batches))
        for (let changes = random.between(1, 4); changes > 0; changes--) {
          bytes[random.between(0, bytes.length - 1)] = random.between(0, 255)
        }
        await endsWell(codec, name, bytes)
      }
    })

    it(`${name} is unreadable wherever it is cut off`, async () => {
      for (const producer of PRODUCERS) {
        const whole = compressedBatch(producer, name as Codec).subarray(RECORDS_AT)
        for (let length = 0; length < whole.length; length++) {
          const batch = batchAround(0n, whole.subarray(0, length), { codec, count: 12 })
          const { records, unreadable } = await readRecords(batch)
          // Framing without anything in it is complete, and holds no record.
          const expected = new RegExp(`^${name}: |^a batch of 12 records`)
          assert.match(unreadable?.message ?? `taken at ${length}`, expected)
          assert.deepEqual(records, [])
        }
      }
    })
  }

  it('snappy ends where its copies reach before the beginning', async () => {
    await assert.rejects(decompressSnappy(Buffer.from('40fcfaffffff0000', 'hex')), Error)
    // Four bytes, and a copy of 64 from five bytes back; then of 64 and of 4 from where they go.
    for (const hex of ['440c61626364fe0500', '440c61626364fe0000', '080c616263640100']) {
      const copies = decompressSnappy(Buffer.from(hex, 'hex'))
      await assert.rejects(copies, /refers to before its beginning/, hex)
    }
  })

  it('snappy that announces 64 MiB in four bytes is refused before anything is allocated', async () => {
    const announced = [Buffer.from('80808020', 'hex'), Buffer.from('ffff7f', 'hex')]
    for (const bytes of announced) {
      await assert.rejects(decompressSnappy(bytes), /announces more than it can hold/)
    }
  })

  it('snappy that holds less or more than it announces is refused', async () => {
    const whole = snappyOf(Buffer.from('abcdefgh'.repeat(4)))
    assert.equal((await decompressSnappy(whole)).toString(), 'abcdefgh'.repeat(4))
    for (const [announced, reason] of [
      [31, /more than it announces/],
      [33, /less than it announces/],
    ] as const) {
      const bytes = Buffer.from(whole)
      bytes[0] = announced
      await assert.rejects(decompressSnappy(bytes), reason)
    }
  })

  it('snappy gives back what was compressed, of every kind of bytes', async () => {
    const random = new Random(SEED + 30)
    for (let round = 0; round < 40; round++) {
      const bytes = sample(random)
      assert.ok((await decompressSnappy(snappyOf(bytes))).equals(bytes), `round ${round}`)
    }
  })

  describe('zstd', () => {
    const RAW_A = Buffer.from('28b52ffd200109000061', 'hex')
    const SKIPPABLE = Buffer.from('5a2a4d1803000000aabbcc', 'hex')
    const both = [undefined, null]

    it('reads several frames, and skips what is to be skipped', async () => {
      const bytes = Buffer.concat([SKIPPABLE, RAW_A, SKIPPABLE, RAW_A, RAW_A])
      for (const native of both) {
        const options = native === null ? { native } : {}
        assert.equal((await decompressZstd(bytes, options)).toString(), 'aaa')
      }
    })

    it('checks the window of every frame, not of the first alone', async () => {
      // Four frames in 101 bytes took 3.5 GiB without the zstd of Node.js: three had windows of 1 GiB.
      const large = Buffer.from('28b52ffd00a009000061', 'hex')
      const bytes = Buffer.concat([RAW_A, large, large, large])
      for (const native of both) {
        const options = native === null ? { native } : {}
        await assert.rejects(decompressZstd(bytes, options), /a window of 1073741824 bytes/)
      }
    })

    it('takes a window of 128 MiB, for which the highest level asks, if the content is small', async () => {
      const bytes = Buffer.from('28b52ffd008809000061', 'hex')
      for (const native of both) {
        const options = native === null ? { native } : {}
        assert.equal((await decompressZstd(bytes, options)).toString(), 'a')
      }
    })

    it('refuses content of another length than a frame announces', async () => {
      const bytes = Buffer.from(RAW_A)
      bytes[5] = 2
      for (const native of both) {
        const options = native === null ? { native } : {}
        await assert.rejects(decompressZstd(bytes, options), Error)
      }
    })

    it('ends where a Huffman table describes itself without using up a bit', async () => {
      // One symbol of probability 32 out of 32: each state leads to itself and reads nothing.
      // 5 bits of accuracy, the probability, then the stream of the states.
      const table = Buffer.from([6, 0xf0, 0x03, 0xff, 0xff, 0xff, 0x01])
      const section = Buffer.alloc(3)
      const content = 20
      section.writeUIntLE(2 | (content << 4) | ((table.length + 8) << 14), 0, 3)
      const block = Buffer.concat([section, table, Buffer.alloc(8, 0xff), Buffer.of(0)])
      const head = Buffer.alloc(3)
      head.writeUIntLE((block.length << 3) | 5, 0, 3)
      const frame = Buffer.concat([Buffer.from('28b52ffd0058', 'hex'), head, block])
      await assert.rejects(decompressZstd(frame, { native: null }), /a table of nonsense/)
    })

    it('says the same as that of Node.js, where there is one', async function () {
      if (!zstdCompressSync) this.skip()
      const random = new Random(SEED + 40)
      for (let round = 0; round < 40; round++) {
        const bytes = sample(random)
        const frame = zstdCompressSync(bytes)
        assert.ok((await decompressZstd(frame, { native: null })).equals(bytes), `round ${round}`)
        assert.ok((await decompressZstd(frame)).equals(bytes), `round ${round}, by Node.js`)
      }
    })
  })
})

/** Any outcome but a hang, a crash, an error without the codec's name, or more than the limit. */
async function endsWell(codec: number, name: string, bytes: Buffer): Promise<void> {
  try {
    const output = await decompress(codec, bytes)
    assert.ok(output.length <= MAX_BATCH_BYTES)
  } catch (error) {
    assert.match((error as Error).message, new RegExp(`^${name}: `), bytes.toString('hex'))
  }
}

/** Noise, words, or runs. */
function sample(random: Random): Buffer {
  const length = random.between(0, random.pick([20, 500, 70_000]))
  const bytes = Buffer.alloc(length)
  const alphabet = random.pick([2, 20, 256])
  for (let at = 0; at < length;) {
    const run = random.pick([1, 1, 1, 5, 300])
    bytes.fill(random.between(0, alphabet - 1), at, Math.min(length, at + run))
    at += run
    const distance = random.between(1, 60_000)
    if (random.isHeads() && distance < at && at < length) {
      const size = random.between(4, 90)
      bytes.copy(bytes, at, at - distance, at - distance + size)
      at += size
    }
  }
  return bytes
}
