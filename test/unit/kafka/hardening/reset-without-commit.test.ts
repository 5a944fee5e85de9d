import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { installMembershipHooks } from '../../../../lib/kafka/hardening/membership-hooks'
import { rewrite, file } from '../../../../lib/kafka/hardening/reset-without-commit'
import type { ClusterInternals } from '../../../../lib/kafka/internals'
import type { PositionReset } from '../../../../lib/kafka/source'

interface OffsetManager {
  resolvedOffsets: Record<string, Record<number, string>>
  setDefaultOffset(position: { topic: string; partition: number }): Promise<void>
}

type OffsetManagerClass = new (options: object) => OffsetManager

const stock = createRequire(require.resolve('kafkajs/package.json'))(
  `./${file}`,
) as OffsetManagerClass
const fixed = rewrite(stock) as OffsetManagerClass

/** Lets a position expire and tells what was committed and where reading goes on. */
async function reset(
  Manager: OffsetManagerClass,
): Promise<{ commits: unknown[]; resets: PositionReset[]; position: string | undefined }> {
  const commits: unknown[] = []
  const resets: PositionReset[] = []
  const cluster = {
    committedOffsets: () => ({}),
    defaultOffset: () => -2,
    fetchTopicsOffset: () =>
      Promise.resolve([{ topic: 't', partitions: [{ partition: 3, offset: '6717046784' }] }]),
  }
  installMembershipHooks(cluster as unknown as ClusterInternals, {
    beforeRejoin: () => Promise.resolve(),
    beforeLeave: () => Promise.resolve(),
    onJoining: () => undefined,
    onJoinFailed: () => undefined,
    onFetch: () => undefined,
    onFetchFailed: () => undefined,
    onShardFailed: () => undefined,
    onPositionReset: (told) => resets.push(told),
  })
  const manager = new Manager({
    cluster,
    coordinator: {
      isConnected: () => true,
      offsetCommit: (commit: unknown) => Promise.resolve(commits.push(commit)),
    },
    memberAssignment: { t: [3] },
    topicConfigurations: { t: { fromBeginning: true } },
    groupId: 'g',
    generationId: 1,
    memberId: 'm',
    autoCommit: false,
  })
  manager.resolvedOffsets = { t: { 3: '42' } }
  await manager.setDefaultOffset({ topic: 't', partition: 3 })
  return { commits, resets, position: manager.resolvedOffsets['t']?.[3] }
}

describe('kafka/hardening/reset-without-commit', () => {
  it('stock: commits a special, negative offset for the group', async () => {
    const { commits } = await reset(stock)
    assert.match(JSON.stringify(commits), /"offset":-2/)
  })

  it('fixed: commits nothing, reads on at the earliest record and says so', async () => {
    assert.deepEqual(await reset(fixed), {
      commits: [],
      resets: [{ shard: 3, lost: '42', found: '6717046784' }],
      position: '6717046784',
    })
  })
})
