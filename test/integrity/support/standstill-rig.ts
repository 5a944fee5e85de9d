import assert from 'node:assert/strict'
import type { Health } from '../../../lib/monitoring/health'
import { numberedLines, produceAll } from '../../integration/lines'
import { keyOf, type RecordKey } from '../../../tools/shared/integrity/acked'
import type { FlowSetup, TestedFlow } from '../../../tools/shared/integrity/flow'
import { functionNode, laterNode } from '../../../tools/shared/integrity/nodes'
import { Rig } from '../../../tools/shared/integrity/rig'
import { brokerOf } from '../../../tools/shared/broker'
import {
  startEmulator,
  type GroupStateReport,
  type RunningEmulator,
} from '../../../tools/emulator/process'
import type { SinkMessage } from '../../../tools/shared/node-red'
import type { Resources } from '../../../tools/shared/resources'

export const SESSION_MS = 7_000
export const SHARDS = 2
/** Records of each logstore in each round of writing. */
export const RECORDS = 300
/** Records that each flow has done before a test goes on; far less than all. */
const RECORDS_BEFORE = 40
const MAX_RATE = 30
const MAX_IN_FLIGHT = 20
const COMMIT_INTERVAL_MS = 200
export const SETTINGS = { sessionTimeout: SESSION_MS, commitInterval: COMMIT_INTERVAL_MS }

/** The most records of each flow that are sent and not committed at any moment. */
const WINDOWS: Readonly<Record<string, number>> = {
  // A record is committed an interval after it was sent, and by the next commit.
  sent: Math.ceil((MAX_RATE * 3 * COMMIT_INTERVAL_MS) / 1_000),
  // In flight, and done since the last commit.
  acked: 2 * MAX_IN_FLIGHT,
}

const SETUPS: readonly FlowSetup[] = [
  {
    ...{ tab: 'sent', logstore: 'sent', shards: SHARDS },
    settings: { ...SETTINGS, commit: 'onSend', maxRate: MAX_RATE },
    work: (ids) => [functionNode(ids, ids.first, 'return msg', [ids.ack])],
  },
  {
    ...{ tab: 'acked', logstore: 'acked', shards: SHARDS },
    settings: { ...SETTINGS, commit: 'onAck', maxInFlight: MAX_IN_FLIGHT },
    work: (ids) => [laterNode(ids, ids.first, 500, [ids.ack])],
  },
]

/** A message of Node-RED, or of another member of its group. */
export type Sent = Pick<SinkMessage, 'partition' | 'offset'>

/** A Node-RED process that reads two logstores, `sent` and `acked`, and can be stopped and continued. */
export class StandstillRig {
  readonly emulator: RunningEmulator
  readonly rig: Rig
  /** The members of the process at its start. */
  readonly firstMembers: GroupStateReport['members']

  /** Resolves when each flow has done some of its records. */
  static async prepare(resources: Resources): Promise<StandstillRig> {
    const logstores = Object.fromEntries(SETUPS.map(({ logstore }) => [logstore, SHARDS]))
    const emulator = await resources.started(startEmulator({ logstores }))
    const settings = { slsKafka: { health: true } }
    const rig = await Rig.start(resources, brokerOf(emulator), SETUPS, { settings })
    await rig.reads()
    const standstill = new StandstillRig(emulator, rig, await membersIn(emulator))
    await standstill.write('first')
    await rig.until('records before the standstill', () =>
      rig.flows.every(({ finished }) => finished.size >= RECORDS_BEFORE),
    )
    return standstill
  }

  private constructor(
    emulator: RunningEmulator,
    rig: Rig,
    firstMembers: GroupStateReport['members'],
  ) {
    this.emulator = emulator
    this.rig = rig
    this.firstMembers = firstMembers
  }

  begin(): void {
    process.kill(this.rig.nodeRed.pid, 'SIGSTOP')
  }

  /** @returns when, unix ms */
  end(): number {
    const at = Date.now()
    process.kill(this.rig.nodeRed.pid, 'SIGCONT')
    return at
  }

  /** All members of both groups. */
  members(): Promise<GroupStateReport['members']> {
    return membersIn(this.emulator)
  }

  async write(name: string): Promise<void> {
    for (const { logstore } of SETUPS) {
      const lines = numberedLines(name, RECORDS, SHARDS)
      await produceAll(brokerOf(this.emulator), logstore, lines)
    }
  }

  /**
   * Only records that were sent before the standstill and not committed come twice, and no other.
   *
   * @param before what the process had sent before
   * @param all what all members have sent
   */
  async assertRepeats(
    { tab, logstore }: TestedFlow,
    before: readonly Sent[],
    all: readonly Sent[],
  ): Promise<void> {
    const committed = await this.#committedBefore(logstore)
    assert.equal(committed.size, SHARDS, `shards of ${tab} with a commit before the standstill`)
    const isOpen = ({ partition = -1, offset = '' }: Sent): boolean =>
      BigInt(offset) >= (committed.get(partition) ?? 0n)
    const open = new Set(before.filter(isOpen).map(keyOfRecord))
    const keys = all.map(keyOfRecord)
    const repeated = keys.filter((key, index) => keys.indexOf(key) < index)
    const beyond = repeated.filter((key, index) => !open.has(key) || repeated.indexOf(key) < index)
    assert.deepEqual(beyond, [], `records of ${tab} that come again without need`)
    const window = WINDOWS[tab] ?? 0
    assert.ok(repeated.length <= window, `${tab} repeats ${repeated.length}, allowed ${window}`)
  }

  /** @param shards of each flow */
  async assertHealthIsTrue(shards: number): Promise<void> {
    const response = await this.rig.nodeRed.request('/sls-kafka/health')
    const { consumers } = (await response.json()) as Health
    assert.deepEqual(
      consumers.map(({ state, ok, code, ...one }) => [state, ok, code, one.shards.length]),
      SETUPS.map(() => ['consuming', true, null, shards]),
    )
  }

  /** What the first members have committed last, by shard. */
  async #committedBefore(logstore: string): Promise<Map<number, bigint>> {
    const ids = new Set(this.firstMembers.map(({ id }) => id))
    const commits = (await this.emulator.commits()).filter(
      (commit) => ids.has(commit.member) && commit.logstore === logstore,
    )
    return new Map(commits.map(({ shard, offset }) => [shard, BigInt(offset)]))
  }
}

async function membersIn(emulator: RunningEmulator): Promise<GroupStateReport['members']> {
  return (await emulator.state()).groups.flatMap(({ members }) => members)
}

export function keyOfRecord({ partition = -1, offset = '' }: Sent): RecordKey {
  return keyOf(partition, offset)
}
