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

  /** Whether memory of this length is used again. */
  function isReused(length: number): boolean {
    const first = used(length)
    return memory.take(length).buffer === first
  }

  it('uses the memory of a large response again, also for one of another length', () => {
    const first = used(MIB)
    const second = memory.take(MIB - 100)
    assert.ok(second.buffer === first)
    assert.equal(second.length, MIB - 100)
  })

  it('uses it again as often as it is given back', () => {
    const first = used(4 * MIB)
    for (let round = 0; round < 100; round++) assert.ok(used(4 * MIB) === first)
  })

  it('never gives out the same memory twice at a time, also if it was given back twice', () => {
    const bytes = memory.take(MIB)
    for (let times = 0; times < 2; times++) memory.giveBack(bytes)
    const [one, other] = [memory.take(MIB), memory.take(MIB)]
    assert.ok(one.buffer === bytes.buffer)
    assert.ok(one.buffer !== other.buffer)
  })

  it('uses the smallest memory that is large enough', () => {
    const [large, small, tiny] = [3, 2, 1].map((size) => memory.take(size * MIB))
    for (const bytes of [large, small, tiny]) if (bytes) memory.giveBack(bytes)
    assert.ok(memory.take(1.5 * MIB).buffer === small?.buffer)
    assert.ok(memory.take(1.5 * MIB).buffer === large?.buffer)
  })

  it('lets no response hold more than five times its length', () => {
    used(6 * MIB)
    assert.equal(memory.take(MIB).buffer.byteLength, MIB)
    assert.equal(memory.take(2 * MIB).buffer.byteLength, 6 * MIB)
  })

  it('drops the smallest free memory when there is too much', () => {
    const sizes = Array.from({ length: 24 }, () => memory.take(MIB))
    for (const bytes of sizes) memory.giveBack(bytes)
    assert.equal(isReused(4 * MIB), true)
  })

  it('keeps 24 MiB at most', () => {
    const taken = [10, 10, 5, 4].map((size) => memory.take(size * MIB))
    for (const bytes of taken) memory.giveBack(bytes)
    const again = new Set([4, 5, 10, 10].map((size) => memory.take(size * MIB).buffer))
    const kept = taken.map(({ buffer }) => again.has(buffer))
    assert.deepEqual(kept, [true, true, false, true])
    assert.equal(isReused(25 * MIB), false)
    assert.equal(isReused(24 * MIB), true)
  })

  it('keeps none once a small response comes, because the backlog was read', () => {
    const first = used(MIB)
    assert.equal(memory.take(100).buffer.byteLength, 100)
    assert.ok(memory.take(MIB).buffer !== first)
  })

  it('keeps no memory of small responses', () => {
    assert.equal(isReused(500_000), false)
  })
})
