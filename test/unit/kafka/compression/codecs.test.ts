import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { UnknownCodecError } from '../../../../lib/kafka/records/compression/codecs'
import { decompressGzip } from '../../../../lib/kafka/records/compression/gzip'
import { MAX_BATCH_BYTES } from '../../../../lib/kafka/records/compression/limits'
import { decompressLz4 } from '../../../../lib/kafka/records/compression/lz4'
import { decompressSnappy } from '../../../../lib/kafka/records/compression/snappy'
import { decompressZstd } from '../../../../lib/kafka/records/compression/zstd/zstd'
import {
  BASE_OFFSET,
  CODECS,
  compressedBatch,
  LINES,
  PRODUCERS,
} from '../../../support/compressed-batches'
import { batchAround, readRecords, texts } from '../../../support/record-sets'
import { snappyOf } from '../../../support/snappy'

const ATTRIBUTES_AT = 21
const RECORDS_AT = 61

/** 100,000 bytes of the same line over and over, in several blocks, by the programs lz4 and zstd. */
const REPEATED = Buffer.from('GET /index.html 200\n'.repeat(5_000))
const LZ4_LINKED_BLOCKS_WITH_CHECKSUMS = [
  'BCJNGFxAoIYBAAAAAABgHwEAAP8FR0VUIC9pbmRleC5odG1sIDIwMAoUAP////////////////////////////////',
  '//////////////////////////////////////////////////////////////////////////////////////////',
  '//////////////////////////////////////////////////////////////////////////////////////////',
  '//////////////////////////////////////////////////////////////////////////////////////////',
  '///////////////////////////////////////UUGh0bWwgNn0rJZEAAAAP8P////////////////////////////',
  '//////////////////////////////////////////////////////////////////////////////////////////',
  '//////////////////////////////////////////////////////////////8PUCAyMDAKdnsl/AAAAABrgxcC',
].join('')
const ZSTD_WITH_SIZE = 'KLUv/aSghgEA5QAAoEdFVCAvaW5kZXguaHRtbCAyMDAKAQASDS+fTI9xnao='
const ZSTD_STREAM = 'KLUv/QBo5QAAoEdFVCAvaW5kZXguaHRtbCAyMDAKAQASDS+fTA=='

const base64 = (text: string): Buffer => Buffer.from(text, 'base64')

describe('kafka/compression', () => {
  for (const producer of PRODUCERS) {
    for (const codec of CODECS) {
      const batch = compressedBatch(producer, codec)

      it(`reads ${codec} of ${producer}`, async () => {
        const set = await readRecords(batch)
        assert.deepEqual(texts(set), LINES)
        assert.equal(set.records.at(-1)?.offset, String(BASE_OFFSET + 11n))
      })

      it(`says that ${codec} of ${producer} is damaged where it is cut off`, async () => {
        const cut = Buffer.from(batch.subarray(0, batch.length - 30))
        cut.writeInt32BE(cut.length - 12, 8)
        const { records, unreadable } = await readRecords(cut)
        assert.deepEqual(records, [])
        assert.match(unreadable?.message ?? '', new RegExp(`^${codec}: `))
        assert.equal(unreadable?.offset, BASE_OFFSET)
      })
    }
  }

  it('says that it does not know a codec', async () => {
    const batch = compressedBatch('java', 'gzip')
    batch.writeInt16BE(6, ATTRIBUTES_AT)
    const cause = (await readRecords(batch)).unreadable?.cause
    assert.ok(cause instanceof UnknownCodecError)
    assert.equal(cause.codec, 6)
  })

  it('survives damaged bytes: says so, or reads a different text', async () => {
    for (const producer of PRODUCERS) {
      for (const codec of CODECS) {
        const batch = compressedBatch(producer, codec)
        for (let at = RECORDS_AT; at < batch.length; at += 3) {
          const damaged = Buffer.from(batch)
          damaged.writeUInt8((batch[at] ?? 0) ^ 0xff, at)
          await readRecords(damaged)
        }
      }
    }
  })

  it('reads LZ4 blocks that refer to each other', async () => {
    assert.ok((await decompressLz4(base64(LZ4_LINKED_BLOCKS_WITH_CHECKSUMS))).equals(REPEATED))
  })

  it('reads snappy in several chunks of xerial framing', async () => {
    const header = compressedBatch('java', 'snappy').subarray(RECORDS_AT, RECORDS_AT + 16)
    const chunks = [REPEATED.subarray(0, 32_768), REPEATED.subarray(32_768)].flatMap((part) => {
      const bytes = snappyOf(part)
      const size = Buffer.alloc(4)
      size.writeInt32BE(bytes.length)
      return [size, bytes]
    })
    assert.ok((await decompressSnappy(Buffer.concat([header, ...chunks]))).equals(REPEATED))
  })

  for (const [name, frame] of [
    ['with a known size', ZSTD_WITH_SIZE],
    ['of a stream', ZSTD_STREAM],
  ] as const) {
    it(`reads zstd ${name}, without that of Node.js and with it`, async () => {
      assert.ok((await decompressZstd(base64(frame), { native: null })).equals(REPEATED))
      assert.ok((await decompressZstd(base64(frame))).equals(REPEATED))
    })
  }

  it('lets that of Node.js decompress zstd where there is one, within the limit', async () => {
    const frame = base64(ZSTD_STREAM)
    const given: unknown[] = []
    const native = (bytes: Buffer, options: object): Promise<Buffer> => {
      given.push(bytes, options)
      return Promise.resolve(REPEATED)
    }
    assert.equal(await decompressZstd(frame, { native }), REPEATED)
    const [bytes, options] = given
    assert.deepEqual(bytes, frame)
    assert.equal((options as { maxOutputLength: number }).maxOutputLength, MAX_BATCH_BYTES)
  })
})

describe('kafka/compression: a small batch that holds more than 64 MiB', () => {
  const tooLarge = /more than 64 MiB/

  it('gzip', async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_BATCH_BYTES + 1), { level: 1 })
    await assert.rejects(decompressGzip(bomb), { code: 'ERR_BUFFER_TOO_LARGE' })
    const { unreadable } = await readRecords(batchAround(0n, bomb, { codec: 1 }))
    assert.match(unreadable?.message ?? '', tooLarge)
  })

  it('snappy, as it says itself', async () => {
    // A gigabyte, as a varint, and nothing.
    await assert.rejects(decompressSnappy(Buffer.from([0x80, 0x80, 0x80, 0x80, 0x04])), tooLarge)
  })

  it('snappy, in chunks', async () => {
    const header = compressedBatch('java', 'snappy').subarray(RECORDS_AT, RECORDS_AT + 16)
    const chunk = snappyOf(Buffer.alloc(MAX_BATCH_BYTES / 2))
    const size = Buffer.alloc(4)
    size.writeInt32BE(chunk.length)
    const bytes = Buffer.concat([header, size, chunk, size, chunk, size, chunk])
    await assert.rejects(decompressSnappy(bytes), tooLarge)
  })

  it('lz4', async () => {
    // One byte, and a match of one byte back that goes on and on: 255 bytes for each one of the frame.
    const block = Buffer.alloc(300_000, 0xff)
    Buffer.from([0x1f, 0x41, 0x01, 0x00]).copy(block)
    const head = Buffer.alloc(11)
    head.writeUInt32LE(0x184d2204, 0)
    Buffer.from([0x60, 0x40, 0x82]).copy(head, 4)
    head.writeUInt32LE(block.length, 7)
    const frame = Buffer.concat([head, block, Buffer.alloc(4)])
    await assert.rejects(decompressLz4(frame), tooLarge)
  })

  it('zstd, in its blocks', async () => {
    const head = Buffer.alloc(6)
    head.writeUInt32LE(0xfd2fb528, 0)
    head.writeUInt8(0x50, 5)
    // Blocks of one byte that is repeated 128 Ki times.
    const block = Buffer.alloc(4)
    block.writeUIntLE((131_072 << 3) | 2, 0, 3)
    const blocks = Array.from({ length: 513 }, () => block)
    const bytes = Buffer.concat([head, ...blocks])
    await assert.rejects(decompressZstd(bytes, { native: null }), tooLarge)
  })

  it('zstd, by its window, which a decoder would allocate', async () => {
    const head = Buffer.alloc(9)
    head.writeUInt32LE(0xfd2fb528, 0)
    head.writeUInt8(0x90, 5)
    await assert.rejects(decompressZstd(head), /a window of 268435456 bytes/)
  })
})
