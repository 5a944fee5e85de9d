import assert from 'node:assert/strict'
import { PartCounter, type Parts } from '../../../lib/delivery/parts'

function part(id: string, index: number, count: number, outer: Parts | null = null): Parts {
  return { id, index, count, outer }
}

describe('delivery/parts', () => {
  it('keeps nothing of what is whole', () => {
    const counter = new PartCounter<string>()
    assert.deepEqual(counter.add(part('s', 1, 2), ['a']), [])
    assert.deepEqual(counter.add(part('s', 0, 2), ['a']), ['a'])
    assert.equal(counter.open, 0)
  })

  it('keeps nothing of what is forgotten', () => {
    const counter = new PartCounter<string>()
    counter.add(part('s', 0, 2), ['a'])
    counter.add(part('t', 0, 3), ['a'])
    counter.add(part('inner', 0, 2, part('outer', 0, 2)), ['a'])
    counter.add(part('shared', 0, 3), ['a'])
    counter.add(part('shared', 1, 3), ['b'])
    counter.forget('a')
    assert.equal(counter.open, 1)
    counter.forget('b')
    assert.equal(counter.open, 0)
  })
})
