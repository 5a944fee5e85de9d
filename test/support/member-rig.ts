import { GroupMember } from '../../lib/kafka/group/group-member'
import type { GroupMemberParts, MemberEvent } from '../../lib/kafka/group/group-member-types'
import { BrokerError } from '../../lib/kafka/cluster/error-codes'
import { ShardDirectory } from '../../lib/kafka/cluster/shard-directory'
import { SILENT_LOGGER } from '../../lib/logger'
import { FakeCluster } from './fake-cluster'
import { FakeGroup } from './fake-group'
import { ManualClock } from './manual-clock'

const LOGSTORE = 'app-log'
export const SESSION_TIMEOUT_MS = 20_000

/** The settings of the member under test. */
export const MEMBER_SETTINGS = {
  group: 'g',
  logstore: LOGSTORE,
  clientId: 'this-client',
  sessionTimeoutMs: SESSION_TIMEOUT_MS,
  rebalanceTimeoutMs: 60_000,
}

/** The parts that a member and its helpers use, on a fake cluster. */
export function memberParts(
  cluster: FakeCluster,
  clock: ManualClock,
  signal = new AbortController().signal,
): GroupMemberParts {
  const directory = new ShardDirectory(cluster.asCluster, LOGSTORE, clock, signal)
  return { cluster: cluster.asCluster, directory, clock, logger: SILENT_LOGGER }
}

/** One member of a group whose coordinator is faked, under a clock that a test moves. */
export class MemberRig {
  readonly clock = new ManualClock()
  readonly cluster = new FakeCluster(this.clock)
  readonly group = new FakeGroup(this.cluster, LOGSTORE)
  readonly stop = new AbortController()
  readonly directory: ShardDirectory
  readonly member: GroupMember
  /** What the member told, a line each. */
  readonly seen: string[] = []
  /** The last assignment ends with it; null before the first. */
  assignment: AbortSignal | null = null
  /** Called before a rejoin, and awaited. */
  beforeRejoin: () => Promise<void> = () => Promise.resolve()
  running: Promise<void> = Promise.resolve()

  constructor() {
    const { clock, cluster } = this
    this.haveShards([0, 1, 2])
    const parts = memberParts(cluster, clock, this.stop.signal)
    this.directory = parts.directory
    this.member = new GroupMember(MEMBER_SETTINGS, parts, {
      onEvent: (event) => {
        if (event.type === 'assigned') this.assignment = event.signal
        this.seen.push(lineOf(event))
      },
      beforeRejoin: () => {
        this.seen.push('before rejoin')
        return this.beforeRejoin()
      },
    })
  }

  haveShards(shards: readonly number[]): void {
    this.cluster.leaders.set(LOGSTORE, new Map(shards.map((shard) => [shard, 1])))
  }

  /** Runs the member until it has joined, and forgets what it told by then. */
  async join(): Promise<void> {
    await this.start()
    this.seen.length = 0
  }

  async start(): Promise<void> {
    await this.directory.find()
    this.running = this.member.run(this.stop.signal)
    this.running.catch(() => undefined)
    await this.clock.settle()
  }

  /** Ends the member without a leave. */
  async end(): Promise<void> {
    this.stop.abort()
    await this.running.catch(() => undefined)
    await this.clock.settle()
  }

  /** Member ids of the joins so far. */
  get joinIds(): string[] {
    return this.cluster.requests('JoinGroup').map(({ memberId }) => memberId)
  }

  get leftIds(): string[] {
    return this.cluster.requests('LeaveGroup').map(({ memberId }) => memberId)
  }
}

function lineOf(event: MemberEvent): string {
  switch (event.type) {
    case 'joining':
    case 'heartbeat':
      return event.type
    case 'join-waits':
      return 'join waits'
    case 'assigned': {
      const { shards, isUninterrupted } = event.assignment
      return `assigned ${shards.join()}${isUninterrupted ? ' uninterrupted' : ''}`
    }
    case 'trouble':
      return `trouble ${textOf(event.error)}`
  }
}

function textOf(error: unknown): string {
  if (error instanceof BrokerError) return error.type
  return error instanceof Error ? error.message : String(error)
}
