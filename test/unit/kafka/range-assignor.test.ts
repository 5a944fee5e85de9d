import assert from 'node:assert/strict'
import { assignRanges } from '../../../lib/kafka/group/range-assignor'

describe('kafka/range-assignor', () => {
  const shardsOf = new Map([
    ['a', [0, 1, 2, 3, 4, 5]],
    ['b', [0, 1, 2, 3]],
  ])
  const subscribed = (
    memberId: string,
    ...topics: string[]
  ): { memberId: string; topics: string[] } => ({
    memberId,
    topics,
  })

  it('divides the shards in ranges, the first members get one more', () => {
    const members = ['m1', 'm2', 'm3', 'm4'].map((memberId) => subscribed(memberId, 'a'))
    assert.deepEqual(assignRanges(members, new Map([['a', [0, 1, 2, 3, 4, 5]]])), [
      { memberId: 'm1', assignment: { a: [0, 1] } },
      { memberId: 'm2', assignment: { a: [2, 3] } },
      { memberId: 'm3', assignment: { a: [4] } },
      { memberId: 'm4', assignment: { a: [5] } },
    ])
  })

  it('gives a logstore only to members that read it', () => {
    assert.deepEqual(assignRanges([subscribed('m1', 'a'), subscribed('m2', 'b')], shardsOf), [
      { memberId: 'm1', assignment: { a: [0, 1, 2, 3, 4, 5] } },
      { memberId: 'm2', assignment: { b: [0, 1, 2, 3] } },
    ])
  })

  it('gives nothing to members beyond the number of shards, and each shard to one', () => {
    const members = ['m1', 'm2', 'm3'].map((memberId) => subscribed(memberId, 'c'))
    const assigned = assignRanges(members, new Map([['c', [0, 1]]]))
    assert.deepEqual(
      assigned.map(({ assignment }) => assignment['c']),
      [[0], [1], []],
    )
  })
})
