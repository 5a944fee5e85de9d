import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { startWriter } from '../integration/writer'
import type { Service } from '../../tools/shared/broker'
import { figures } from './support/figures'
import type { FlowSetup } from '../../tools/shared/integrity/flow'
import { laterNode } from '../../tools/shared/integrity/nodes'
import { startRig, type Rig } from '../../tools/shared/integrity/rig'
import { assertIntegrity, repeatsOf, total } from '../../tools/shared/integrity/judgement'
import { endedAfterAll } from '../support/suite'

const LOGSTORE = 'shared'
const SHARDS = 6
const SESSION_TIMEOUT_MS = 6_000
/** Below the second that a member waits for acks before it gives its shards away. */
const FLOW_MS = 100
/** The default: what one process has in its flow at most. */
const MAX_IN_FLIGHT = 100
/** The span of records of a shard that may be in flight: the most that may come again. */
const WINDOW = 1_000

const SETUP: FlowSetup = {
  logstore: LOGSTORE,
  shards: SHARDS,
  settings: { commitInterval: 1_000, sessionTimeout: SESSION_TIMEOUT_MS },
  work: (ids) => [laterNode(ids, ids.first, FLOW_MS, [ids.ack])],
}

/** @param steadyMs how long each number of members lasts */
export function membersShareAGroup(service: Service, steadyMs: number): void {
  describe(`two, then three, then one Node-RED of a group over ${SHARDS} shards`, () => {
    const resources = endedAfterAll()

    it('lose nothing when one is killed, and repeat no more than a window of each moved shard', async () => {
      const broker = await resources.started(service.start())
      await broker.createTopic(LOGSTORE, SHARDS)
      const writer = startWriter(broker, LOGSTORE, SHARDS)
      resources.onEnd(() => writer.stop())
      const startOne = (): Promise<Rig> => startRig(resources, broker, SETUP)

      const [first, second] = await Promise.all([startOne(), startOne()])
      await Promise.all([first.reads(3), second.reads(3)])
      await delay(steadyMs)
      const third = await startOne()
      await Promise.all([first, second, third].map((rig) => rig.reads(2)))
      await delay(steadyMs)
      const flows = [first, second, third].map(({ flow }) => flow)
      const inOrder = repeatsOf(flows)

      await first.kill()
      await Promise.all([second.reads(3), third.reads(3)])
      await delay(steadyMs)
      const afterCrash = total(repeatsOf(flows))
      assert.equal(await second.stop(), 0, 'exit code of Node-RED')
      await third.reads(6)
      await delay(steadyMs)
      const written = (await writer.stop()).flat().length
      await third.until('the rest', () => {
        const finished = new Set(flows.flatMap((flow) => [...flow.finished.keys()]))
        return finished.size >= written
      })
      assert.equal(await third.stop(), 0, 'exit code of Node-RED')

      const { repeated, commits, finished } = await assertIntegrity(broker, flows)
      const moves = movesOf(
        flows.flatMap(({ records }, owner) => records.map((r) => ({ ...r, owner }))),
      )
      figures('two, three, one process', {
        written,
        lost: written - finished,
        'repeated by moves in good order': total(inOrder),
        'by the crash': afterCrash - total(inOrder),
        'by the last move': total(repeated) - afterCrash,
        'moves by shard': [...moves.values()].join(),
        commits,
      })
      for (const [shard, count] of repeated) {
        assert.ok(count <= WINDOW * (moves.get(shard) ?? 0), `shard ${shard}: ${count} repeated`)
      }
      assert.equal(total(inOrder), 0, 'the flow was quick enough to end before the moves')
      // The flow of a process ends with it, so what it holds at that moment comes again.
      assert.ok(total(repeated) - afterCrash <= MAX_IN_FLIGHT, 'repeated after an orderly end')
    })
  })
}

/** Longer than a member waits for acks before a rebalance. */
const SLOW_FLOW_MS = 3_000

export function membersKeepWhatTheyWorkOn(service: Service): void {
  describe(`a third Node-RED joins two whose flows take ${SLOW_FLOW_MS / 1000} s`, () => {
    const resources = endedAfterAll()

    it('gets its shards with what was in flight; in the shards that stay nothing is repeated', async () => {
      const broker = await resources.started(service.start())
      await broker.createTopic(LOGSTORE, SHARDS)
      const writer = startWriter(broker, LOGSTORE, SHARDS)
      resources.onEnd(() => writer.stop())
      const setup: FlowSetup = {
        ...SETUP,
        settings: { commitInterval: 1_000, maxInFlight: 1_000 },
        work: (ids) => [laterNode(ids, ids.first, SLOW_FLOW_MS, [ids.ack])],
      }
      const startOne = (): Promise<Rig> => startRig(resources, broker, setup)

      const [first, second] = await Promise.all([startOne(), startOne()])
      await Promise.all([first.reads(3), second.reads(3)])
      await delay(2 * SLOW_FLOW_MS)
      const third = await startOne()
      await Promise.all([first, second, third].map((rig) => rig.reads(2)))
      await delay(SLOW_FLOW_MS)
      const written = (await writer.stop()).flat().length
      const flows = [first, second, third].map(({ flow }) => flow)
      const finishedOnes = (): Set<string> =>
        new Set(flows.flatMap((flow) => [...flow.finished.keys()]))
      await third.until('the rest', () => finishedOnes().size >= written)

      const { repeated, finished } = await assertIntegrity(broker, flows)
      const moves = movesOf(
        flows.flatMap(({ records }, owner) => records.map((record) => ({ ...record, owner }))),
      )
      const ofShards = Array.from({ length: SHARDS }, (_, shard) => repeated.get(shard) ?? 0)
      figures('a third process joins slow ones', {
        written,
        lost: written - finished,
        'moves by shard': ofShards.map((_, shard) => moves.get(shard) ?? 0).join(),
        'repeated by shard': ofShards.join(),
      })
      assert.ok(moves.size > 0 && moves.size < SHARDS, 'some shards moved, some stayed')
      for (const [shard, count] of ofShards.entries()) {
        assert.ok(count <= WINDOW * (moves.get(shard) ?? 0), `shard ${shard}: ${count} repeated`)
      }
    })
  })
}

/** How often each shard went from one process to another. */
function movesOf(
  records: readonly { owner: number; partition?: number; passedAt: number }[],
): Map<number, number> {
  const moves = new Map<number, number>()
  const owners = new Map<number, number>()
  for (const { owner, partition = -1 } of records.toSorted((a, b) => a.passedAt - b.passedAt)) {
    const previous = owners.get(partition)
    if (previous !== undefined && previous !== owner) {
      moves.set(partition, (moves.get(partition) ?? 0) + 1)
    }
    owners.set(partition, owner)
  }
  return moves
}
