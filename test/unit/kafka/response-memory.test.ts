import assert from 'node:assert/strict'
import { ResponseMemory } from '../../../lib/kafka/connection/response-memory'

const MIB = 1_048_576

describe('kafka/response-memory', () => {
  let memory: ResponseMemory

  beforeEach(() => {
    memory = new ResponseMemory()
  })

  /** Takes memory of this length, and gives a part of it back. @returns its ArrayBuffer */
  function used(length: number): ArrayBufferLike {
    const bytes = memory.take(length)
    memory.giveBack(bytes.subarray(4))
    return bytes.buffer
  }

  it('uses the memory of a large response again, also for one of another length', () => {
    const first = used(MIB)
    const second = memory.take(MIB - 100)
    assert.equal(second.buffer, first)
    assert.equal(second.length, MIB - 100)
  })

  it('never gives out the same memory twice at a time', () => {
    used(MIB)
    const [one, other] = [memory.take(MIB), memory.take(MIB)]
    assert.notEqual(one.buffer, other.buffer)
  })

  it('uses the smallest memory that is large enough', () => {
    const [large, small, tiny] = [4, 2, 1].map((size) => memory.take(size * MIB))
    for (const bytes of [large, small, tiny]) if (bytes) memory.giveBack(bytes)
    assert.equal(memory.take(1.5 * MIB).buffer, small?.buffer)
    assert.equal(memory.take(1.5 * MIB).buffer, large?.buffer)
  })

  it('drops memory that is too small for new one', () => {
    const first = used(MIB)
    assert.notEqual(memory.take(2 * MIB).buffer, first)
    assert.notEqual(memory.take(MIB).buffer, first)
  })

  it('keeps 24 MiB at most', () => {
    const taken = [10, 10, 5, 4].map((size) => memory.take(size * MIB))
    for (const bytes of taken) memory.giveBack(bytes)
    const again = new Set([4, 10, 10, 5].map((size) => memory.take(size * MIB).buffer))
    const kept = taken.map(({ buffer }) => again.has(buffer))
    assert.deepEqual(kept, [true, true, false, true])
    const larger = used(25 * MIB)
    assert.notEqual(memory.take(25 * MIB).buffer, larger)
  })

  it('keeps none once a small response comes, because the backlog was read', () => {
    const first = used(MIB)
    const small = memory.take(100)
    memory.giveBack(small)
    assert.equal(small.buffer.byteLength, 100)
    assert.notEqual(memory.take(MIB).buffer, first)
    assert.notEqual(memory.take(100).buffer, small.buffer)
  })
})
