import assert from 'node:assert/strict'
import { brokerOf } from '../../tools/shared/broker'
import { startEmulator, type RunningEmulator } from '../../tools/emulator/process'
import { IS_FULL } from './support/full'
import { figures, megabytes } from './support/figures'
import { laterNode } from '../../tools/shared/integrity/nodes'
import { Rig } from '../../tools/shared/integrity/rig'
import { endedAfterAll } from '../support/suite'

const REDEPLOYS = IS_FULL ? 1_000 : 100
/** What is made once and kept, such as compiled code, is there after these. */
const WARM_UP = 10
const SHARDS = 2
const MODES = ['onSend', 'onAck'] as const
/** What is left behind by one redeploy would be the most of a client: sockets' buffers alone take more. */
const BYTES_EACH = 20_000
/** One for the group and one for the fetches, of each node. */
const CONNECTIONS = 2 * MODES.length
const TIMEOUT_MS = 20 * 60_000

describe(`${REDEPLOYS} redeploys in a row`, () => {
  const resources = endedAfterAll()
  let emulator: RunningEmulator

  before(async () => {
    emulator = await resources.started(startEmulator())
    for (const mode of MODES) await emulator.createLogstore(mode.toLowerCase(), SHARDS)
  })

  it('leave no socket, timer or listener behind, and no memory', async () => {
    const broker = brokerOf(emulator)
    const connections = async (): Promise<number> => (await emulator.state()).connections.open
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
    // Who reads may still be opening the last connection.
    await rig.until('connections', async () => (await connections()) === CONNECTIONS)
    const before = await rig.resources()
    const { heapUsed: heapBefore } = await rig.memory()
    // None waits for the one before it to have joined.
    for (let count = 0; count < REDEPLOYS; count++) await rig.redeploy('nodes')
    await rig.reads()
    let after = await rig.resources()
    // What has just been closed, or belongs to the request that asks, is there for a moment; a leak stays.
    await rig
      .until('sockets and timers to be as few as before', async () => {
        after = await rig.resources()
        return (await connections()) === CONNECTIONS && isNoMore(before.counts, after.counts)
      })
      .finally(() => {
        figures(`${REDEPLOYS} redeploys in a row`, { before: before.counts, after: after.counts })
      })
    const { heapUsed: heapAfter } = await rig.memory()

    for (const mode of MODES) {
      assert.equal((await broker.members(mode.toLowerCase())).length, 1, `members, ${mode}`)
    }
    figures(`${REDEPLOYS} redeploys in a row`, {
      listeners: after.listeners,
      heap: `${megabytes(heapBefore)} to ${megabytes(heapAfter)}`,
    })
    assert.ok(after.listeners <= before.listeners, `${after.listeners} listeners`)
    const growth = (heapAfter - heapBefore) / REDEPLOYS
    assert.ok(growth < BYTES_EACH, `${growth} bytes with each redeploy`)
  }).timeout(TIMEOUT_MS)
})

/** Fewer can be: a connection to the test may just have ended. */
function isNoMore(before: Readonly<Record<string, number>>, after: typeof before): boolean {
  return Object.entries(after).every(([kind, count]) => count <= (before[kind] ?? 0))
}
