import assert from 'node:assert/strict'
import { PartCounter, type Parts } from '../../../lib/delivery/part-counter'

function part(id: string, index: number, count: number, outer: Parts | null = null): Parts {
  return { id, index, count, outer }
}

const [A, B, C] = [{ id: 'a' }, { id: 'b' }, { id: 'c' }]

describe('delivery/part-counter', () => {
  it('keeps nothing of a complete sequence', () => {
    const counter = new PartCounter<object>((record) => record)
    assert.deepEqual(counter.add(part('s', 1, 2), [A]), [])
    assert.deepEqual(counter.add(part('s', 0, 2), [A]), [A])
    assert.equal(counter.open, 0)
  })

  it('counts a part whose own record is done already', () => {
    const counter = new PartCounter<object>((record) => record)
    counter.add(part('x', 0, 2), [A])
    counter.add(part('y', 0, 2), [A])
    assert.deepEqual(counter.add(part('x', 1, 2), [B]), [A, B])
    counter.forget(A)
    counter.forget(B)
    assert.deepEqual(counter.add(part('y', 1, 2), [C]), [C])
  })

  it('keeps only the newest attempt of a record', () => {
    const counter = new PartCounter<{ readonly record: object; readonly attempt: number }>(
      ({ record }) => record,
    )
    counter.add(part('s', 0, 2), [{ record: A, attempt: 1 }])
    const complete = counter.add(part('s', 1, 2), [{ record: A, attempt: 2 }])
    assert.deepEqual(complete, [{ record: A, attempt: 2 }])
  })

  it('limits the sequences that no record waits for', () => {
    const counter = new PartCounter<object>((record) => record)
    counter.add(part('waited for', 0, 2), [A])
    for (let index = 0; index < 5_000; index++) counter.add(part(`s${index}`, 0, 2), [])
    assert.ok(counter.open <= 1_001, String(counter.open))
    assert.deepEqual(counter.add(part('waited for', 1, 2), [A]), [A])
  })
})
