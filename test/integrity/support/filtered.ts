import assert from 'node:assert/strict'
import { FILTERED_ANSWERS, type FilteredAnswer } from '../../../tools/emulator/store/view'
import { brokerOf, type Broker } from '../../../tools/shared/broker'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import type { Resources } from '../../../tools/shared/resources'
import { keyOf, recordsIn } from '../../../tools/shared/integrity/acked'
import { violationsIn, type Position } from '../../../tools/shared/integrity/check-commits'
import type { FlowSetup, TestedFlow } from '../../../tools/shared/integrity/flow'
import { functionNode, laterNode } from '../../../tools/shared/integrity/nodes'

const LOGSTORE = 'all-logs'
export const SHARDS = 2
const LOGS_PER_GROUP = 100
const ONE_PASSES_IN = 1_000
const PASSES = '500'
const FIRST_GROUP = 51_247n

/** Records a second: so few that no flow is done before another one has begun. */
const MAX_RATE = 10
const MAX_IN_FLIGHT = 4
/** So that `MAX_IN_FLIGHT` records of a flow with acks are as slow as `MAX_RATE`. */
const FLOW_MS = 400
/** With `onSend`, far longer than a busy machine takes to bring a record to the end of the flow. */
const COMMIT_INTERVAL_MS = { onSend: 1_000, onAck: 200 }
const SESSION_TIMEOUT_MS = 6_000

/** The most records of a flow that are sent and not committed at any moment. */
const WINDOWS = {
  // A record is committed an interval after it was sent, and by the next commit.
  onSend: Math.ceil((MAX_RATE * 3 * COMMIT_INTERVAL_MS.onSend) / 1_000),
  // In flight, and done since the commit before the last one.
  onAck: 3 * MAX_IN_FLIGHT,
}

interface FilteredFlow {
  readonly filtered: FilteredAnswer
  readonly commit: 'onSend' | 'onAck'
  readonly setup: FlowSetup
}

/** Each way in which the service can answer for what it filters out, with both ways to commit. */
export const FLOWS: readonly FilteredFlow[] = FILTERED_ANSWERS.flatMap((filtered, id) =>
  (['onSend', 'onAck'] as const).map((commit): FilteredFlow => {
    const name = `${filtered}-${commit}`
    const ofCommit = commit === 'onSend' ? { maxRate: MAX_RATE } : { maxInFlight: MAX_IN_FLIGHT }
    return {
      filtered,
      commit,
      setup: {
        tab: name,
        group: name,
        logstore: `${LOGSTORE}.${id}`,
        shards: SHARDS,
        settings: {
          ...ofCommit,
          commit,
          sessionTimeout: SESSION_TIMEOUT_MS,
          commitInterval: COMMIT_INTERVAL_MS[commit],
        },
        work: (ids) => [
          commit === 'onSend'
            ? functionNode(ids, ids.first, 'return msg', [ids.ack])
            : laterNode(ids, ids.first, FLOW_MS, [ids.ack]),
        ],
      },
    }
  }),
)

/** A logstore that is read through three virtual topics, and what of it passes their filter. */
export class FilteredLogstore {
  readonly emulator: RunningEmulator
  readonly broker: Broker
  /** The logs that pass. */
  readonly passing: (Position & { readonly text: string })[] = []
  /** Log groups of each shard. */
  #groups = 0n
  #written = 0

  static async start(resources: Resources): Promise<FilteredLogstore> {
    const emulator = await resources.started(startEmulator({ logstores: { [LOGSTORE]: SHARDS } }))
    for (const [id, filtered] of FILTERED_ANSWERS.entries()) {
      const where = { field: 'status', equals: PASSES }
      await emulator.addView(LOGSTORE, { id, where, project: ['content'], filtered })
    }
    return new FilteredLogstore(emulator)
  }

  private constructor(emulator: RunningEmulator) {
    this.emulator = emulator
    this.broker = brokerOf(emulator)
  }

  /** Writes so many logs to each shard; without `passing`, none of them passes. */
  async write(count: number, passing: 'one of many' | 'the last' | 'none'): Promise<void> {
    for (let shard = 0; shard < SHARDS; shard++) {
      const logs = Array.from({ length: count }, (_, index) => {
        const isPassing =
          passing === 'one of many'
            ? index % ONE_PASSES_IN === ONE_PASSES_IN / 2
            : passing === 'the last' && index === count - 1
        const content = `${shard} ${this.#written + index}`
        if (isPassing) {
          this.passing.push({ shard, text: content, offset: String(this.#offsetOf(index)) })
        }
        return { status: isPassing ? PASSES : '200', content }
      })
      await this.emulator.append(LOGSTORE, logs, { shard, groupSize: LOGS_PER_GROUP })
    }
    this.#written += count
    this.#groups += BigInt(Math.ceil(count / LOGS_PER_GROUP))
  }

  /**
   * How far a client can come, by shard. A group that is dropped from the response moves no position, so
   * that the position stays behind the last group with a log that passes.
   */
  async reachable(filtered: FilteredAnswer): Promise<string[]> {
    if (filtered !== 'dropped-group') return this.broker.endOffsets(LOGSTORE)
    return Array.from({ length: SHARDS }, (_, shard) => {
      const last = this.passing.findLast((log) => log.shard === shard)
      const group = BigInt(last?.offset ?? 0) >> 17n
      return String((group << 17n) + BigInt(LOGS_PER_GROUP))
    })
  }

  /** What each shard has committed for this flow. */
  committed({ group, logstore }: TestedFlow): Promise<(string | null)[]> {
    return this.broker.committed(group, logstore)
  }

  /** Every log that passes was sent and none beside, and no commit covers one that was not finished. */
  async assertIntegrity({ tab, group, logstore, records, finished }: TestedFlow): Promise<void> {
    const sent = new Set(records.map(({ payload }) => payload))
    assert.deepEqual(sent, new Set(this.passing.map(({ text }) => text)), `records of ${tab}`)
    const commits = await this.broker.commits(group, logstore)
    const violations = violationsIn({ records: this.passing, finished, commits })
    // What is filtered out lies behind the last record that a client can see.
    const real = violations.filter(({ kind }) => kind !== 'past-the-end')
    assert.deepEqual(real, [], `commits of ${group}`)
    const ends = await this.broker.endOffsets(LOGSTORE)
    for (const { shard, offset } of commits) {
      assert.ok(BigInt(offset) <= BigInt(ends[shard] ?? 0), `${group} commits beyond the shard`)
    }
  }

  #offsetOf(index: number): bigint {
    const group = FIRST_GROUP + this.#groups + BigInt(Math.floor(index / LOGS_PER_GROUP))
    return (group << 17n) + BigInt(index % LOGS_PER_GROUP)
  }
}

/**
 * Only records that were sent before a crash and not committed come twice, and at most a window of them.
 *
 * @param committed by shard, at the crash
 * @param crashedAt unix ms
 */
export function repeatsAfter(
  { tab, records }: TestedFlow,
  commit: FilteredFlow['commit'],
  committed: readonly (string | null)[],
  crashedAt: number,
): number {
  const isOpen = (key: string): boolean => {
    const [shard = '', offset = ''] = key.split(':')
    return BigInt(offset) >= BigInt(committed[Number(shard)] ?? 0)
  }
  const before = records.filter(({ passedAt }) => passedAt <= crashedAt).flatMap(recordsIn)
  const open = new Set(before.filter(isOpen))
  const keys = records.map(({ partition = -1, offset = '' }) => keyOf(partition, offset))
  const repeated = keys.filter((key, index) => keys.indexOf(key) < index)
  const beyond = repeated.filter((key, index) => !open.has(key) || repeated.indexOf(key) < index)
  assert.deepEqual(beyond, [], `records of ${tab} that come again without need`)
  assert.ok(repeated.length <= WINDOWS[commit], `${tab} repeats ${repeated.length}`)
  return repeated.length
}
