import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { RecordKey } from '../../tools/shared/integrity/acked'
import type { TestedFlow } from '../../tools/shared/integrity/flow'
import { itInFull } from './support/full'
import { RunningConsumer } from '../support/running-consumer'
import {
  keyOfRecord,
  RECORDS,
  SESSION_MS,
  SETTINGS,
  SHARDS,
  StandstillRig,
} from './support/standstill-rig'
import { endedAfterEach } from '../support/suite'

const STANDSTILL_MS = 3 * SESSION_MS
/** How much later the group answers heartbeats and joins of the process that stood still. */
const ANSWER_DELAY_MS = 2_000
/** A message that waits in Node-RED's own queue when the process is stopped. */
const HANDED_OVER = 1

describe('a process that stands still for three session timeouts', () => {
  const resources = endedAfterEach()
  let standstill: StandstillRig

  beforeEach(async () => {
    standstill = await StandstillRig.prepare(resources)
    // A stopped process does not take the SIGTERM that ends it.
    resources.onEnd(() => Promise.resolve(standstill.end()))
  })

  itInFull('joins its group again, reads on, and repeats at most one window', async () => {
    const { rig } = standstill
    standstill.begin()
    await delay(STANDSTILL_MS)
    assert.deepEqual(await standstill.members(), [], 'members during the standstill')
    const statusesBefore = rig.flows.map(({ statuses }) => statuses.length)
    const continuedAt = standstill.end()

    await rig.hasCommitted(rig.flows.length * RECORDS)
    const members = await standstill.members()
    assert.equal(members.length, rig.flows.length, 'members after the standstill')
    for (const [index, flow] of rig.flows.entries()) {
      const before = flow.records.filter(({ passedAt }) => passedAt < continuedAt)
      await standstill.assertRepeats(flow, before, flow.records)
      assertNotStalled(flow, statusesBefore[index] ?? 0)
    }
    await standstill.assertHealthIsTrue(SHARDS)
  })

  itInFull(
    'sends nothing of shards that another member took before the group has answered',
    async () => {
      const { rig, emulator } = standstill
      standstill.begin()
      const isOver = delay(STANDSTILL_MS)
      const pairs = rig.flows.map((flow) => ({ flow, other: otherMemberOf(flow) }))
      for (const { flow, other } of pairs) {
        await other.until('both shards', () => other.shards === SHARDS)
        await other.until('the rest', () => keysOf(flow, other).size >= RECORDS)
      }
      await isOver
      const [clientId = ''] = standstill.firstMembers[0]?.clientId.split('/') ?? []
      await emulator.delayAnswers(ANSWER_DELAY_MS, { api: ['Heartbeat', 'JoinGroup'], clientId })
      const statusesBefore = rig.flows.map(({ statuses }) => statuses.length)
      const continuedAt = standstill.end()

      for (const { other } of pairs) {
        await other.until('one shard for each member', () => other.shards === SHARDS / 2)
      }
      // With late answers, heartbeats would come too seldom for the session timeout.
      await emulator.clearFaults()
      await rig.reads(SHARDS / 2)
      await standstill.write('second')
      for (const [index, { flow, other }] of pairs.entries()) {
        await rig.until(`all records of ${flow.tab}`, () => keysOf(flow, other).size >= 2 * RECORDS)
        const answeredAt = continuedAt + ANSWER_DELAY_MS
        const before = flow.records.filter(({ passedAt }) => passedAt < answeredAt)
        const early = before.filter(({ passedAt }) => passedAt >= continuedAt).length
        assert.ok(early <= HANDED_OVER, `${flow.tab} sent ${early} records before an answer`)
        await standstill.assertRepeats(flow, before, [...flow.records, ...other.messages])
        assertBothGoOn(flow, other)
        assertNotStalled(flow, statusesBefore[index] ?? 0)
      }
      await standstill.assertHealthIsTrue(SHARDS / 2)
    },
  )

  function otherMemberOf({ group, logstore }: TestedFlow): RunningConsumer {
    const settings = { ...SETTINGS, group, logstore, format: 'text', commit: 'onSend' }
    const other = new RunningConsumer(standstill.emulator, settings, `other-${logstore}`)
    resources.onEnd(() => other.close())
    return other.start()
  }
})

/** Different records that any of the members has sent. */
function keysOf({ records }: TestedFlow, { messages }: RunningConsumer): Set<RecordKey> {
  return new Set([...records, ...messages].map(keyOfRecord))
}

function assertNotStalled({ tab, statuses, errors }: TestedFlow, from: number): void {
  const codes = [
    ...statuses.slice(from).map(({ status }) => status?.['code']),
    ...errors.map(({ error }) => error?.code),
  ]
  assert.ok(!codes.includes('SLS_STALLED'), `${tab} says SLS_STALLED`)
  assert.equal(statuses.at(-1)?.status?.fill, 'green', `last status of ${tab}`)
}

/** Each has one shard of what was written after the standstill. */
function assertBothGoOn({ tab, records }: TestedFlow, other: RunningConsumer): void {
  const isSecond = ({ payload }: { readonly payload?: unknown }): boolean =>
    String(payload).startsWith('second')
  assert.equal(records.filter(isSecond).length, RECORDS / SHARDS, `later records of ${tab}`)
  assert.equal(other.messages.filter(isSecond).length, RECORDS / SHARDS, `those beside ${tab}`)
}
