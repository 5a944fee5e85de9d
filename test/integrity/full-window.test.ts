import assert from 'node:assert/strict'
import { createTopicWith, numberedLines } from '../integration/lines'
import { emulatorService } from '../../tools/shared/broker'
import { figures } from './support/figures'
import { laterNode } from '../../tools/shared/integrity/nodes'
import { startRig } from '../../tools/shared/integrity/rig'
import { assertIntegrity, repeatsOf } from '../../tools/shared/integrity/judgement'
import { endedAfterAll } from '../support/suite'

const LOGSTORE = 'patient'
const SHARDS = 4
const MAX_IN_FLIGHT = 10
/** The shortest that services take. */
const SESSION_MS = 6_000
/** Nothing is fetched while the window is full: longer than the group waits for a silent member. */
const FLOW_MS = 2 * SESSION_MS
const TIMEOUT_MS = 60_000

describe(`a window that is full for ${FLOW_MS / 1000} s`, () => {
  const resources = endedAfterAll()

  it(`keeps the membership, whose session ends after ${SESSION_MS / 1000} s of silence`, async () => {
    const broker = await resources.started(emulatorService.start())
    await createTopicWith(broker, LOGSTORE, numberedLines(LOGSTORE, MAX_IN_FLIGHT, SHARDS))
    const rig = await startRig(resources, broker, {
      logstore: LOGSTORE,
      shards: SHARDS,
      settings: { maxInFlight: MAX_IN_FLIGHT, sessionTimeout: SESSION_MS, commitInterval: 1_000 },
      work: (ids) => [laterNode(ids, ids.first, FLOW_MS, [ids.ack])],
    })
    await rig.reads()
    const members = await broker.members(LOGSTORE)
    await rig.until('a full window', () => rig.flow.records.length === MAX_IN_FLIGHT)
    // What is fetched now has to wait, and from then on nothing more is asked for.
    for (let shard = 0; shard < SHARDS; shard++) await broker.produce(LOGSTORE, shard, ['late'])
    await rig.hasFinished(MAX_IN_FLIGHT + SHARDS, TIMEOUT_MS)
    assert.deepEqual(await broker.members(LOGSTORE), members)
    await rig.stop()

    await assertIntegrity(broker, [rig.flow])
    const repeats = [...repeatsOf([rig.flow]).values()].reduce((sum, count) => sum + count, 0)
    const { acked, records } = rig.flow
    const [firstAck, next] = [acked[0], records[MAX_IN_FLIGHT]]
    figures('a full window', {
      records: MAX_IN_FLIGHT + SHARDS,
      repeated: repeats,
      'first ack to next record': `${(next?.passedAt ?? 0) - (firstAck?.passedAt ?? 0)} ms`,
    })
    assert.equal(repeats, 0)
    assert.equal(rig.nodeRed.logs().filter((line) => line.includes('joined group')).length, 1)
  }).timeout(2 * TIMEOUT_MS)
})
