import assert from 'node:assert/strict'
import type { ConsumerGroupInternals } from '../../../lib/kafka/internals'
import { Membership } from '../../../lib/kafka/membership'

type Commit = Parameters<ConsumerGroupInternals['commitOffsets']>[0]

function group(
  memberId: string,
  generationId: number,
  commitOffsets: (offsets: Commit) => Promise<void> = () => Promise.resolve(),
): ConsumerGroupInternals {
  return {
    memberId,
    generationId,
    groupId: 'g',
    commitOffsets,
    cluster: {
      findTopicPartitionMetadata: () =>
        Array.from({ length: 8 }, (_, partitionId) => ({ partitionId })),
    },
  } as unknown as ConsumerGroupInternals
}

function join(membership: Membership, as: ConsumerGroupInternals, shards: number[]): number[] {
  membership.joining(as)
  return [...membership.joined(shards).kept]
}

describe('kafka/membership', () => {
  it('keeps a shard that it held in the generation before', () => {
    const membership = new Membership('t')
    join(membership, group('m', 1), [0, 1])
    assert.deepEqual(join(membership, group('m', 2), [1, 2]), [1])
  })

  it('keeps nothing after a generation that it missed: others may have read on and committed', () => {
    const membership = new Membership('t')
    join(membership, group('m', 1), [0, 1])
    assert.deepEqual(join(membership, group('m', 3), [0, 1]), [])
  })

  it('keeps nothing as another member', () => {
    const membership = new Membership('t')
    join(membership, group('m', 1), [0, 1])
    assert.deepEqual(join(membership, group('n', 2), [0, 1]), [])
  })

  it('knows what was fetched before a shard was told to go on elsewhere', () => {
    const membership = new Membership('t')
    join(membership, group('m', 1), [0])
    const fetched = (fetchedOffset: string): boolean =>
      membership.isElsewhere({ partition: 0, fetchedOffset })
    assert.equal(fetched('100'), false)
    membership.advance(0, 110n)
    membership.moveTo(0, 50n)
    assert.equal(membership.position(0), 50n)
    assert.equal(fetched('110'), true)
    assert.equal(fetched('50'), false)
    assert.equal(fetched('60'), false, 'what follows')
  })

  it('does not wait for what was sought once a shard was not its own', () => {
    const membership = new Membership('t')
    join(membership, group('m', 1), [0, 1])
    membership.moveTo(0, 50n)
    membership.moveTo(1, 50n)
    join(membership, group('m', 2), [1])
    join(membership, group('m', 3), [0, 1])
    assert.equal(membership.isElsewhere({ partition: 0, fetchedOffset: '70' }), false)
    assert.equal(membership.isElsewhere({ partition: 1, fetchedOffset: '70' }), true)
  })

  it('remembers positions only of what it keeps', () => {
    const membership = new Membership('t')
    join(membership, group('m', 1), [0, 1])
    membership.advance(0, 10n)
    membership.advance(1, 20n)
    join(membership, group('m', 2), [1, 2])
    assert.equal(membership.position(0), undefined)
    assert.equal(membership.position(1), 20n)
  })

  it('knows how many shards there are in all', () => {
    const membership = new Membership('t')
    membership.joining(group('m', 1))
    assert.equal(membership.joined([0]).total, 8)
  })

  it('is nobody when the group has dropped it, and was not when it never joined', () => {
    const membership = new Membership('t')
    assert.equal(membership.isNobody, false)
    join(membership, group('m', 1), [0])
    assert.equal(membership.isNobody, false)
    membership.joining({ ...group('m', 1), memberId: null })
    assert.equal(membership.isNobody, true)
  })

  it('knows of a join that was broken off, until it joins again', () => {
    const membership = new Membership('t')
    join(membership, group('m', 1), [0])
    membership.joining(group('m', 2))
    assert.equal(membership.isJoinBrokenOff, false)
    membership.joinFailed()
    assert.equal(membership.isJoinBrokenOff, true)
    join(membership, group('m', 3), [0])
    assert.equal(membership.isJoinBrokenOff, false)
  })

  it('leads its group where the join says so', () => {
    const membership = new Membership('t')
    assert.equal(membership.isLeader, false)
    membership.joining({ ...group('m', 1), leaderId: 'another' })
    assert.equal(membership.isLeader, false)
    membership.joining({ ...group('m', 1), leaderId: 'm' })
    assert.equal(membership.isLeader, true)
  })

  it('commits offsets as text, and only of its own shards', async () => {
    const commits: Commit[] = []
    const membership = new Membership('t')
    join(
      membership,
      group('m', 1, (offsets) => {
        commits.push(offsets)
        return Promise.resolve()
      }),
      [0],
    )
    const offsets = new Map([
      [0, 1700000005123456800n],
      [5, 1n],
    ])
    assert.equal(await membership.commit(offsets), 'committed')
    assert.deepEqual(commits, [
      { topics: [{ topic: 't', partitions: [{ partition: 0, offset: '1700000005123456800' }] }] },
    ])
  })

  it('tells a commit of a generation that is over from one that failed', async () => {
    const refusing = (error: Error): Membership => {
      const membership = new Membership('t')
      join(
        membership,
        group('m', 1, () => Promise.reject(error)),
        [0],
      )
      return membership
    }
    const offsets = new Map([[0, 1n]])
    const fenced = Object.assign(new Error(), { type: 'ILLEGAL_GENERATION' })
    assert.equal(await refusing(fenced).commit(offsets), 'fenced')
    assert.equal(await refusing(new Error('no answer')).commit(offsets), 'failed')
    assert.equal(await new Membership('t').commit(offsets), 'failed', 'not joined yet')
  })
})
