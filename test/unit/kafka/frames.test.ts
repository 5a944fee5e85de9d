import assert from 'node:assert/strict'
import { FrameReader, requestFrame } from '../../../lib/kafka/connection/frames'
import { ResponseMemory } from '../../../lib/kafka/connection/response-memory'

function framed(length: number): Buffer {
  const bytes = Buffer.alloc(4 + length, length % 251)
  bytes.writeInt32BE(length)
  return bytes
}

describe('kafka/frames', () => {
  const lengths = [5, 0, 300, 1, 70_000, 0]
  const stream = Buffer.concat(lengths.map(framed))

  for (const size of [1, 2, 3, 7, 100, 16_384, stream.length]) {
    it(`cuts out the responses of a stream that arrives in pieces of ${size} bytes`, () => {
      const reader = new FrameReader(new ResponseMemory())
      const frames: Buffer[] = []
      for (let at = 0; at < stream.length; at += size) {
        for (const frame of reader.read(stream.subarray(at, at + size))) frames.push(frame)
      }
      assert.deepEqual(
        frames,
        lengths.map((length) => framed(length).subarray(4)),
      )
      assert.equal(reader.isIncomplete, false)
    })
  }

  it('knows that a response is unfinished from its first byte on', () => {
    const reader = new FrameReader(new ResponseMemory())
    assert.equal(reader.isIncomplete, false)
    assert.deepEqual(reader.read(Buffer.from([0])), [])
    assert.equal(reader.isIncomplete, true)
    assert.deepEqual(reader.read(Buffer.from([0, 0, 1])), [])
    assert.equal(reader.isIncomplete, true)
    assert.deepEqual(reader.read(Buffer.from([7])), [Buffer.from([7])])
    assert.equal(reader.isIncomplete, false)
  })

  it('copies each response, also one that lies in one chunk, because the socket reads there again', () => {
    const chunk = framed(10)
    const [frame] = new FrameReader(new ResponseMemory()).read(chunk)
    chunk.fill(0)
    assert.deepEqual(frame, framed(10).subarray(4))
  })

  it('writes the header that Kafka documents for a request', () => {
    const header = { apiKey: 3, version: 4, correlationId: 5, clientId: 'ü' }
    const frame = requestFrame(header, Buffer.from([9, 9]))
    const expected = [0, 0, 0, 14, 0, 3, 0, 4, 0, 0, 0, 5, 0, 2, 0xc3, 0xbc, 9, 9]
    assert.deepEqual([...frame], expected)
  })
})
