import assert from 'node:assert/strict'
import type { Connection } from '../../../lib/kafka/connection/connection'
import { BrokerError } from '../../../lib/kafka/cluster/error-codes'
import { MemberRequests } from '../../../lib/kafka/group/member-requests'
import type { GroupJoin } from '../../../lib/kafka/group/group-join'
import { GroupCommits, type CommitAttempt } from '../../../lib/kafka/group/group-commits'
import type { CommitOutcome } from '../../../lib/kafka/log-source'
import { FIRST_BROKER, FakeCluster } from '../../support/fake-cluster'
import { ManualClock } from '../../support/manual-clock'
import { MEMBER_SETTINGS, memberParts } from '../../support/member-rig'

const { group: GROUP, logstore: LOGSTORE } = MEMBER_SETTINGS
const COMMITTER = { memberId: 'm1', generation: 7 }

describe('kafka/group-commits', () => {
  let clock: ManualClock
  let cluster: FakeCluster
  let requests: MemberRequests
  let commits: GroupCommits
  /** What the last commit came to. */
  let last: CommitAttempt | null

  beforeEach(() => {
    clock = new ManualClock()
    cluster = new FakeCluster(clock)
    last = null
    requests = new MemberRequests(MEMBER_SETTINGS, memberParts(cluster, clock))
    const connection = (): Promise<Connection> => cluster.connection(FIRST_BROKER, 'main')
    const join: Pick<GroupJoin, 'connection'> = { connection }
    commits = new GroupCommits(join as GroupJoin, requests, clock)
    refuse({})
  })

  function errorText(error: unknown): string {
    return error instanceof BrokerError ? error.type : (error as Error).message
  }

  /** From now on commits have these error codes, by shard. */
  function refuse(codes: Readonly<Record<number, number>>): void {
    cluster.on('OffsetCommit', ({ topics }) => ({
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partition }) => ({
          partition,
          error: codes[partition] ?? 0,
        })),
      })),
    }))
  }

  function breakConnection(): void {
    cluster.on('OffsetCommit', () => {
      throw new Error('broken')
    })
  }

  async function commit(): Promise<CommitOutcome> {
    const offsets = new Map([
      [0, 10n],
      [1, 2n ** 60n],
    ])
    const request = { group: GROUP, logstore: LOGSTORE, committer: COMMITTER, offsets }
    last = await commits.commit(request)
    return last.outcome
  }

  const sentCount = (): number => cluster.requests('OffsetCommit').length

  it('commits offsets as a member of its generation, and says when the request was sent', async () => {
    await clock.advance(1_234)
    assert.equal(await commit(), 'committed')
    const [request] = cluster.requests('OffsetCommit')
    assert.deepEqual([request?.groupId, request?.memberId, request?.generation], [GROUP, 'm1', 7])
    assert.deepEqual(
      request?.topics[0]?.partitions.map(({ partition, offset }) => [partition, offset]),
      [
        [0, 10n],
        [1, 2n ** 60n],
      ],
    )
    assert.deepEqual([last?.sentMs, last?.error], [clock.monotonic(), null])
    assert.deepEqual(last?.shards, new Set([0, 1]))
  })

  for (const errorCode of [22, 25, 27]) {
    it(`is fenced when the group refuses the member or its generation with code ${errorCode}`, async () => {
      refuse({ 0: errorCode, 1: errorCode })
      assert.equal(await commit(), 'fenced')
      assert.equal(errorText(last?.error), new BrokerError('OffsetCommit', errorCode).type)
      assert.equal(last?.shards.size, 0)
    })
  }

  it('is fenced if the group refuses the generation of any shard, whatever the first one says', async () => {
    refuse({ 0: 28, 1: 22 })
    assert.equal(await commit(), 'fenced')
    assert.equal(errorText(last?.error), 'ILLEGAL_GENERATION')
  })

  for (const errorCode of [3, 7, 12, 14, 15, 16, 28, 89, -1, 999]) {
    it(`fails and can be tried again for code ${errorCode}`, async () => {
      refuse({ 1: errorCode })
      assert.equal(await commit(), 'failed')
      assert.equal(errorText(last?.error), new BrokerError('OffsetCommit', errorCode).type)
      assert.deepEqual(last?.shards, new Set([0]), 'the other shard is committed')
    })
  }

  it('fails when the connection breaks', async () => {
    breakConnection()
    assert.equal(await commit(), 'failed')
    assert.equal(errorText(last?.error), 'broken')
    assert.equal(last?.shards.size, 0)
  })

  it('is fenced while a join waits on the connection: the shards can go to another member', async () => {
    cluster.fakeConnection(FIRST_BROKER, 'main').groupWait = { request: 'join', sinceMs: 0 }
    assert.equal(await commit(), 'fenced')
    assert.equal(sentCount(), 0)
  })

  it('waits longer after each failure, and not after a success', async () => {
    refuse({ 0: 7 })
    await commit()
    const fromMs = clock.monotonic()
    const sentMs: number[] = []
    for (let attempt = 0; attempt < 5; attempt++) {
      const outcome = commit()
      while (sentCount() < attempt + 2) await clock.advance(50)
      sentMs.push(clock.monotonic() - fromMs)
      await outcome
    }
    assert.ok((sentMs[0] ?? 0) >= 400)
    assert.ok((sentMs[3] ?? 0) > 5_000 && (sentMs[4] ?? 0) > 7_000, sentMs.join())
    refuse({})
    const outcome = commit()
    await clock.advance(3_000)
    assert.equal(await outcome, 'committed')
    assert.equal(await commit(), 'committed')
    assert.equal(clock.pending, 0)
  })

  it('ends its backoff when a close begins, so that the last commit is sent', async () => {
    breakConnection()
    await commit()
    const outcome = commit()
    await clock.settle()
    assert.equal(sentCount(), 1)
    refuse({})
    requests.beginClose()
    assert.equal(await outcome, 'committed')
    await clock.advance(1_000)
  })

  describe('failure', () => {
    it('is null until commits have failed for 7 s, and again after a success', async () => {
      breakConnection()
      await commit()
      await clock.advance(6_999)
      assert.equal(commits.failure, null)
      await clock.advance(1)
      assert.deepEqual(commits.failure, new Error('broken'))
      refuse({ 0: 16 })
      await commit()
      assert.equal((commits.failure as BrokerError | null)?.type, 'NOT_COORDINATOR_FOR_GROUP')
      refuse({})
      const outcome = commit()
      await clock.advance(3_000)
      await outcome
      assert.equal(commits.failure, null)
    })

    it('ends with the generation that was refused, when the group knows the next one', async () => {
      refuse({ 0: 27, 1: 27 })
      await commit()
      await clock.advance(7_000)
      assert.equal((commits.failure as BrokerError | null)?.type, 'REBALANCE_IN_PROGRESS')
      commits.generationConfirmed()
      assert.equal(commits.failure, null)
    })

    it('counts from a refusal of the generation, which follows an outage and leads to a new join', async () => {
      breakConnection()
      await commit()
      await clock.advance(60_000)
      refuse({ 0: 25, 1: 25 })
      assert.equal(await commit(), 'fenced')
      assert.equal(commits.failure, null)
      await clock.advance(7_000)
      assert.equal((commits.failure as BrokerError | null)?.type, 'UNKNOWN_MEMBER_ID')
    })

    it('stays when the group knows the generation and commits fail in another way', async () => {
      refuse({ 0: 7 })
      await commit()
      await clock.advance(7_000)
      commits.generationConfirmed()
      assert.notEqual(commits.failure, null)
    })

    it('counts by monotonic time when the wall clock is set', async () => {
      breakConnection()
      await commit()
      clock.shiftWallTime(3_600_000)
      assert.equal(commits.failure, null)
    })
  })
})
