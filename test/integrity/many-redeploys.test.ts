import assert from 'node:assert/strict'
import type { Broker } from '../support/broker'
import { localEndpoint } from '../support/broker'
import { Resources } from '../support/resources'
import { IS_FULL } from './support/full'
import { figures, megabytes } from './support/figures'
import { laterNode } from './support/nodes'
import { Rig } from './support/rig'

const REDEPLOYS = IS_FULL ? 1_000 : 100
/** What is made once and kept, such as compiled code, is there after these. */
const WARM_UP = 10
const SHARDS = 2
const MODES = ['onSend', 'onAck'] as const
/** What is left behind by one redeploy would be the most of a client: sockets' buffers alone take more. */
const BYTES_EACH = 20_000
const TIMEOUT_MS = 20 * 60_000

describe(`${REDEPLOYS} redeploys in a row`, () => {
  const resources = new Resources()
  let broker: Broker

  before(async () => {
    broker = await resources.started(localEndpoint.start())
    for (const mode of MODES) await broker.createTopic(mode.toLowerCase(), SHARDS)
  })

  after(() => resources.end())

  it('leave no socket, timer or listener behind, and no memory', async () => {
    const rig = await Rig.start(
      resources,
      broker,
      MODES.map((commit) => ({
        tab: commit,
        logstore: commit.toLowerCase(),
        shards: SHARDS,
        settings: { commit },
        work: (ids) => [laterNode(ids, ids.first, 10, [ids.ack])],
      })),
      { env: { NODE_OPTIONS: '--expose-gc' } },
    )
    await rig.reads()
    for (let count = 0; count < WARM_UP; count++) await rig.redeploy('nodes')
    await rig.reads()
    const before = await rig.resources()
    const { heapUsed: heapBefore } = await rig.memory()
    // None waits for the one before it to have joined.
    for (let count = 0; count < REDEPLOYS; count++) await rig.redeploy('nodes')
    await rig.reads()
    const after = await rig.resources()
    const { heapUsed: heapAfter } = await rig.memory()

    for (const mode of MODES) {
      assert.equal((await broker.members(mode.toLowerCase())).length, 1, `members, ${mode}`)
    }
    figures(`${REDEPLOYS} redeploys in a row`, {
      resources: after.counts,
      listeners: after.listeners,
      heap: `${megabytes(heapBefore)} to ${megabytes(heapAfter)}`,
    })
    assert.deepEqual(moreThan(before.counts, after.counts), [])
    assert.ok(after.listeners <= before.listeners, `${after.listeners} listeners`)
    const growth = (heapAfter - heapBefore) / REDEPLOYS
    assert.ok(growth < BYTES_EACH, `${growth} bytes with each redeploy`)
  }).timeout(TIMEOUT_MS)
})

/** Kinds of which there are more than before. Fewer can be: a connection of before may just have ended. */
function moreThan(before: Readonly<Record<string, number>>, after: typeof before): string[] {
  return Object.entries(after)
    .filter(([kind, count]) => count > (before[kind] ?? 0))
    .map(([kind, count]) => `${kind}: ${count} instead of ${before[kind] ?? 0}`)
}
