import assert from 'node:assert/strict'
import { figures } from './support/figures'
import { FilteredLogstore, FLOWS, repeatsAfter, SHARDS } from './support/filtered'
import type { TestedFlow } from '../../tools/shared/integrity/flow'
import { startRig, type Rig } from '../../tools/shared/integrity/rig'
import { endedAfterAll } from '../support/suite'

const LOGS = 100_000
/** Logs of each shard that follow while nothing passes. */
const QUIET_LOGS = 10_000

const WAITING = 'sls-kafka-in.status.waiting'

describe(`virtual topics that filter ${LOGS} logs, of which one in 1,000 passes`, () => {
  const resources = endedAfterAll()
  let store: FilteredLogstore
  let rig: Rig
  /** What each flow had committed at the crash. */
  let atCrash: (string | null)[][]
  /** How many records each flow had done at the crash. */
  let finishedAtCrash: number[]
  let crashedAt: number

  before(async () => {
    store = await FilteredLogstore.start(resources)
    await store.write(LOGS / SHARDS, 'one of many')
    rig = await startRig(resources, store.broker, ...FLOWS.map(({ setup }) => setup))
    for (const flow of rig.flows) {
      await rig.until(`a commit of ${flow.tab} before the crash`, async () =>
        (await store.committed(flow)).some((offset) => offset !== null),
      )
    }
    await rig.kill()
    crashedAt = Date.now()
    finishedAtCrash = rig.flows.map(({ finished }) => finished.size)
    atCrash = await Promise.all(rig.flows.map((flow) => store.committed(flow)))
    await rig.restart()
  })

  it('reach the position that the answers allow, through kill -9, with both ways to commit', async () => {
    for (const [index, { tab }] of rig.flows.entries()) {
      const finished = finishedAtCrash[index] ?? 0
      assert.ok(finished > 0, `${tab} had begun its work`)
      assert.ok(finished < store.passing.length, `${tab} had work left`)
    }
    await hasCommittedAll()
    for (const flow of rig.flows) await store.assertIntegrity(flow)
    figures('filtered by the service', {
      records: store.passing.length,
      repeated: forEachFlow((flow, index) =>
        repeatsAfter(flow, FLOWS[index]?.commit ?? 'onSend', atCrash[index] ?? [], crashedAt),
      ),
    })
  })

  it('wait, never stall, and move the position on while nothing is sent', async () => {
    await rig.until('the status of flows without records', () => rig.flows.every(isWaiting))
    const sent = rig.flows.map(({ records }) => records.length)
    await store.write(QUIET_LOGS, 'none')
    await hasCommittedAll()
    assert.deepEqual(
      rig.flows.map(({ records }) => records.length),
      sent,
      'records of flows of which no log passes',
    )
    await rig.until('the same status again', () => rig.flows.every(isWaiting))
    for (const flow of rig.flows) {
      const codes = [...flow.statuses, ...flow.errors].map(({ status, error }) => [
        status?.['code'],
        error?.code,
      ])
      assert.ok(!codes.flat().includes('SLS_STALLED'), `${flow.tab} says SLS_STALLED`)
      assert.deepEqual(flow.errors, [], `errors of ${flow.tab}`)
    }
  })

  it('send the next log that passes, and come to the end of the shard with it', async () => {
    await store.write(100, 'the last')
    await hasCommittedAll()
    const ends = await store.reachable('empty-batch')
    for (const flow of rig.flows) {
      assert.deepEqual(await store.committed(flow), ends, `commits of ${flow.tab}`)
      await store.assertIntegrity(flow)
    }
    assert.equal(await rig.stop(), 0, 'exit code of Node-RED')
  })

  /** Resolves when each flow has committed as far as the answers to it allow. */
  async function hasCommittedAll(): Promise<void> {
    for (const [index, flow] of rig.flows.entries()) {
      const ends = await store.reachable(FLOWS[index]?.filtered ?? 'gap')
      await rig.until(`${ends.join(', ')} to be committed by ${flow.group}`, async () => {
        const committed = await store.committed(flow)
        return ends.every((end, shard) => committed[shard] === end)
      })
    }
  }

  function forEachFlow<T>(work: (flow: TestedFlow, index: number) => T): Record<string, T> {
    return Object.fromEntries(rig.flows.map((flow, index) => [flow.tab, work(flow, index)]))
  }
})

function isWaiting({ statuses }: TestedFlow): boolean {
  return statuses.at(-1)?.status?.text === WAITING
}
