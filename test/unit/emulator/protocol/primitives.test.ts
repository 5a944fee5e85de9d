import assert from 'node:assert/strict'
import { readFrames } from '../../../../tools/emulator/protocol/frames'
import { MalformedRequestError, Reader } from '../../../../tools/emulator/protocol/reader'
import { varintLength, varlongLength, Writer } from '../../../../tools/emulator/protocol/writer'

describe('variable-length integers', () => {
  it('are read as they were written, in the length that was foretold', () => {
    const edges = [0, 1, -1, 63, 64, -64, -65, 8191, 8192, 2 ** 31 - 1, -(2 ** 31)]
    for (const value of edges) {
      const bytes = new Writer().varint(value).toBuffer()
      assert.equal(new Reader(bytes).varint(), value)
      assert.equal(bytes.length, varintLength(value))
    }
    for (const value of [0n, -1n, 64n, 1n << 40n, -(1n << 40n), (1n << 63n) - 1n, -(1n << 63n)]) {
      const bytes = new Writer().varlong(value).toBuffer()
      assert.equal(new Reader(bytes).varlong(), value)
      assert.equal(bytes.length, varlongLength(value))
    }
  })
})

describe('Writer', () => {
  it('keeps the order across chunks of its own and buffers that it refers to', () => {
    const writer = new Writer()
    const expected: number[] = []
    for (let index = 0; index < 3000; index += 1) {
      writer.int32(index)
      if (index % 700 === 0) writer.raw(Buffer.alloc(4, 0))
      expected.push(index, ...(index % 700 === 0 ? [0] : []))
    }
    const reader = new Reader(writer.toBuffer())
    assert.equal(writer.length, expected.length * 4)
    assert.deepEqual(
      expected.map(() => reader.int32()),
      expected,
    )
  })
})

describe('Reader', () => {
  it('refuses to read past the end and to believe an impossible length', () => {
    assert.throws(() => new Reader(Buffer.alloc(3)).int32(), MalformedRequestError)
    const lyingString = new Writer().int16(100).toBuffer()
    assert.throws(() => new Reader(lyingString).string(), MalformedRequestError)
    const lyingArray = new Writer().int32(2 ** 31 - 1).toBuffer()
    assert.throws(() => new Reader(lyingArray).array(() => 0), MalformedRequestError)
  })
})

describe('readFrames', () => {
  const bytes = Buffer.from('\0\0\0\x02ab\0\0\0\0\0\0\0\x03cde')

  for (const size of [1, 3, 5, 100]) {
    it(`finds the frames in pieces of ${size} bytes`, async () => {
      const frames: string[] = []
      for await (const frame of readFrames(pieces(bytes, size))) frames.push(frame.toString())
      assert.deepEqual(frames, ['ab', '', 'cde'])
    })
  }

  it('refuses an absurd length', async () => {
    const frames = readFrames(pieces(Buffer.from([0x7f, 0, 0, 0]), 4))
    await assert.rejects(frames.next(), MalformedRequestError)
  })
})

// eslint-disable-next-line @typescript-eslint/require-await -- an async source is what is needed
async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) {
    yield bytes.subarray(start, start + size)
  }
}
