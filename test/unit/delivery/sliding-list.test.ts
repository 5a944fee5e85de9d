import assert from 'node:assert/strict'
import { SlidingList } from '../../../lib/delivery/sliding-list'
import { Random } from '../../../tools/shared/random'

const STEPS = 20_000
const MOST = 3_000

interface Element {
  readonly index: number
}

function firstKeys(map: ReadonlyMap<number, unknown>, count: number): number[] {
  const keys: number[] = []
  for (const key of map.keys()) {
    keys.push(key)
    if (keys.length === count) break
  }
  return keys
}

describe('delivery/sliding-list', () => {
  const SEED = 7

  it(`holds the same as a Map with sorted keys (seed ${SEED})`, () => {
    const random = new Random(SEED)
    const list = new SlidingList<Element>()
    const map = new Map<number, Element>()
    let next = 0
    for (let step = 0; step < STEPS; step++) {
      // Periods of filling and of emptying, so that the beginning is dropped more than once.
      const isFilling = Math.floor(step / MOST) % 2 === 0
      if (random.next() < (isFilling ? 0.8 : 0.2)) {
        next += random.between(1, 3)
        const element = { index: next }
        list.set(next, element)
        map.set(next, element)
      } else {
        const [oldest = 0, ...others] = firstKeys(map, 4)
        const index = random.isHeads()
          ? random.pick([oldest, ...others])
          : oldest + random.between(-2, 9)
        assert.equal(list.delete(index), map.delete(index))
        assert.equal(list.get(index), null)
      }
      const [first] = map.values()
      assert.equal(list.first, first ?? null)
      assert.equal(list.size, map.size)
      if (step % 100 === 0) assert.deepEqual([...list], [...map.values()])
    }
  })

  it('replaces an element, and fills the gaps behind it', () => {
    const list = new SlidingList<Element>()
    for (const index of [10, 14]) list.set(index, { index })
    const replaced = [10, 11, 13].map((index) => ({ index }))
    for (const element of replaced) list.set(element.index, element)
    assert.deepEqual([...list], [...replaced, { index: 14 }])
    assert.equal(list.size, 4)
  })

  it('begins anywhere once it is empty', () => {
    const list = new SlidingList<Element>()
    list.set(100, { index: 100 })
    list.delete(100)
    list.set(5, { index: 5 })
    assert.deepEqual([...list], [{ index: 5 }])
    assert.equal(list.get(100), null)
  })
})
