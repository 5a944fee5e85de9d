import assert from 'node:assert/strict'
import {
  installMembershipHooks,
  rewrite,
  type MembershipHooks,
} from '../../../../lib/kafka/hardening/membership-hooks'
import type {
  BatchInternals,
  ClusterInternals,
  ConsumerGroupInternals,
} from '../../../../lib/kafka/internals'

const EMPTY: BatchInternals = {
  topic: 't',
  partition: 0,
  fetchedOffset: '0',
  rawMessages: [],
  isEmptyDueToFiltering: () => false,
  lastOffset: () => '0',
}

/** Says in which order things happen. */
class Journal {
  readonly lines: string[] = []
  readonly hooks: MembershipHooks = {
    beforeRejoin: async () => {
      this.lines.push('before rejoin')
      await Promise.resolve()
      this.lines.push('released')
    },
    beforeLeave: () => Promise.resolve(),
    onJoining: () => this.lines.push('joining'),
    onJoinFailed: (error) => this.lines.push(`not joined ${String(error)}`),
    onFetch: (batches) => this.lines.push(`fetched ${batches.length}`),
    onFetchFailed: (error) => this.lines.push(`failed ${String(error)}`),
    onShardFailed: (shard) => this.lines.push(`shard ${shard} failed`),
    onPositionReset: ({ shard }) => this.lines.push(`reset ${shard}`),
  }
}

function groupWith(journal: Journal): ConsumerGroupInternals {
  const cluster = {} as ClusterInternals
  class Stock {
    readonly cluster = cluster
    memberId: string | null = null
    joinAndSync(): Promise<void> {
      journal.lines.push('join')
      if (this.memberId === 'refused') return Promise.reject(new Error('no'))
      this.memberId = 'member'
      return Promise.resolve()
    }
    fetch(nodeId: string): Promise<BatchInternals[]> {
      if (nodeId === 'broken') return Promise.reject(new Error('no answer'))
      return Promise.resolve([EMPTY])
    }
  }
  installMembershipHooks(cluster, journal.hooks)
  const Hooked = rewrite(Stock) as new () => ConsumerGroupInternals
  return new Hooked()
}

describe('kafka/hardening/membership-hooks', () => {
  it('waits for the release of the shards before a member joins again, not before the first join', async () => {
    const journal = new Journal()
    const group = groupWith(journal)
    await group.joinAndSync()
    await group.joinAndSync()
    assert.deepEqual(journal.lines, [
      'joining',
      'join',
      'before rejoin',
      'released',
      'joining',
      'join',
    ])
  })

  it('tells of a join that failed', async () => {
    const journal = new Journal()
    const group = groupWith(journal)
    Object.assign(group, { memberId: 'refused' })
    await assert.rejects(group.joinAndSync(), /no/)
    assert.deepEqual(journal.lines.slice(-2), ['join', 'not joined Error: no'])
  })

  it('tells of each answered fetch, also of one that brought nothing, and of each that failed', async () => {
    const journal = new Journal()
    const group = groupWith(journal)
    await group.fetch('0')
    await assert.rejects(group.fetch('broken'), /no answer/)
    assert.deepEqual(journal.lines, ['fetched 1', 'failed Error: no answer'])
  })
})
