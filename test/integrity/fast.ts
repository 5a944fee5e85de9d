import assert from 'node:assert/strict'
import { createTopicWith, numberedLines } from '../integration/lines'
import type { Broker } from '../../tools/shared/broker'
import type { SinkMessage } from '../../tools/shared/node-red'
import type { Resources } from '../../tools/shared/resources'
import { figures } from './support/figures'
import { functionNode } from '../../tools/shared/integrity/nodes'
import { startRig } from '../../tools/shared/integrity/rig'
import { assertIntegrity } from '../../tools/shared/integrity/judgement'
import { endedAfterAll } from '../support/suite'

const LOGSTORE = 'fast'
const SHARDS = 2
/** Records of a shard that can be sent and not committed, whatever their number in a second. */
const WINDOW = 1_000
const IN_FLIGHT = 100
/** Milliseconds of work that can be repeated where that is more, beside the round trip of a commit. */
const DONE_LATELY_MS = 250
/** Milliseconds for the load of the machine on which the two processes run. */
const LATE_MS = 100

export interface FastFlow {
  readonly title: string
  readonly records: number
  /** The process is killed after so many acks: some commit intervals' worth, if only time made it commit. */
  readonly killedAfter: number
  /** The longest round trip of a commit that the flow does not wait for, in milliseconds. */
  readonly roundTripMs: number
  /** Milliseconds. */
  readonly sessionTimeout: number
  readonly start: (resources: Resources) => Promise<Broker>
  /** Called when the process is killed. */
  readonly killed?: () => Promise<void>
}

export function repeatsLittleOfAFastFlow(fast: FastFlow): void {
  describe(`kill -9 of a flow that works on thousands of records a second${fast.title}`, () => {
    const resources = endedAfterAll()

    it('repeats a window of each shard at most', async () => {
      const broker = await fast.start(resources)
      await createTopicWith(broker, LOGSTORE, numberedLines(LOGSTORE, fast.records, SHARDS))
      const rig = await startRig(resources, broker, {
        logstore: LOGSTORE,
        shards: SHARDS,
        settings: { sessionTimeout: fast.sessionTimeout, maxInFlight: IN_FLIGHT },
        work: (ids) => [functionNode(ids, ids.first, 'return msg', [ids.ack])],
      })
      await rig.until('work', () => rig.flow.acked.length > fast.killedAfter)
      await rig.kill()
      const { acked } = rig.flow
      await fast.killed?.()
      await rig.restart()
      await rig.hasFinished(fast.records)
      assert.equal(await rig.stop(), 0, 'exit code of Node-RED')

      const { repeated, commits } = await assertIntegrity(broker, [rig.flow])
      const spanMs = DONE_LATELY_MS + fast.roundTripMs + LATE_MS
      const bounds = new Map(
        [...repeated.keys()].map((shard) => [
          shard,
          Math.max(WINDOW, mostWithin(acked, shard, spanMs) + IN_FLIGHT),
        ]),
      )
      figures(`kill -9 of a fast flow${fast.title}`, {
        'repeated by shard': [...repeated].join(' '),
        'at most': [...bounds].join(' '),
        commits,
      })
      for (const [shard, count] of repeated) {
        assert.ok(count <= (bounds.get(shard) ?? 0), `shard ${shard}: ${count} repeated`)
      }
    })
  })
}

/** The most acks of a shard within any span of so many milliseconds. */
function mostWithin(acked: readonly SinkMessage[], shard: number, milliseconds: number): number {
  const times = acked
    .filter(({ partition }) => partition === shard)
    .map(({ passedAt }) => passedAt)
    .sort((one, other) => one - other)
  let most = 0
  for (let first = 0, last = 0; last < times.length; last++) {
    while ((times[last] ?? 0) - (times[first] ?? 0) > milliseconds) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}
