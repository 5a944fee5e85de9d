import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { rewrite, file } from '../../../../lib/kafka/hardening/reset-without-commit'

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
): Promise<{ commits: unknown[]; position: string | undefined }> {
  const commits: unknown[] = []
  const manager = new Manager({
    cluster: {
      committedOffsets: () => ({}),
      defaultOffset: () => -2,
      fetchTopicsOffset: () =>
        Promise.resolve([{ topic: 't', partitions: [{ partition: 3, offset: '6717046784' }] }]),
    },
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
  await manager.setDefaultOffset({ topic: 't', partition: 3 })
  return { commits, position: manager.resolvedOffsets['t']?.[3] }
}

describe('kafka/hardening/reset-without-commit', () => {
  it('stock: commits a special, negative offset for the group', async () => {
    const { commits } = await reset(stock)
    assert.match(JSON.stringify(commits), /"offset":-2/)
  })

  it('fixed: commits nothing and reads on at the earliest record', async () => {
    assert.deepEqual(await reset(fixed), { commits: [], position: '6717046784' })
  })
})
