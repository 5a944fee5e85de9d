import assert from 'node:assert/strict'
import type { Token } from '../../../lib/delivery/token'
import { PartCounter, type Parts } from '../../../lib/delivery/part-counter'

function part(id: string, index: number, count: number, outer: Parts | null = null): Parts {
  return { id, index, count, outer }
}

function token(offset: string, attempt = 1): Token {
  return { incarnation: '0a', shard: 0, epoch: 1, offset, attempt }
}

const [A, B] = [token('1'), token('2')]

describe('delivery/parts', () => {
  it('keeps nothing of what is whole', () => {
    const counter = new PartCounter()
    assert.deepEqual(counter.add(part('s', 1, 2), [A]), [])
    assert.deepEqual(counter.add(part('s', 0, 2), [A]), [A])
    assert.equal(counter.open, 0)
  })

  it('counts a part also if its own record is done already', () => {
    const counter = new PartCounter()
    counter.add(part('x', 0, 2), [A])
    counter.add(part('y', 0, 2), [A])
    assert.deepEqual(counter.add(part('x', 1, 2), [B]), [A, B])
    counter.forget(A)
    counter.forget(B)
    assert.deepEqual(counter.add(part('y', 1, 2), [token('3')]), [token('3')])
  })

  it('keeps but some of what no record waits for', () => {
    const counter = new PartCounter()
    counter.add(part('waited for', 0, 2), [A])
    for (let index = 0; index < 5_000; index++) counter.add(part(`s${index}`, 0, 2), [])
    assert.ok(counter.open <= 1_001, String(counter.open))
    assert.deepEqual(counter.add(part('waited for', 1, 2), [A]), [A])
  })
})
