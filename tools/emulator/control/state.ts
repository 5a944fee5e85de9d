import type { Emulator } from '../emulator'
import type { JournalEntry } from '../groups/commit-journal'
import type { GroupState } from '../groups/group'
import type { FilteredAnswer } from '../store/view'
import type { SwitchValues } from '../switches'

/** Offsets are decimal strings: they may exceed what a JSON number holds exactly. */
interface ShardState {
  readonly id: number
  readonly isReadOnly: boolean
  /** A hole: the shard is gone, its partition stays. */
  readonly isReclaimed: boolean
  /** Offset of the oldest log kept. */
  readonly earliest: string
  /** The last offset taken by the newest log group kept; null if there is none. */
  readonly last: string | null
  /** High watermark: offset of the next log group. */
  readonly next: string
  /** Logs kept. */
  readonly logs: number
  /** Bytes kept. */
  readonly bytes: number
}

/** A virtual topic, which has the shards and the offsets of its logstore. */
interface ViewState {
  readonly id: number
  /** The statement in SPL. */
  readonly query: string
  readonly filtered: FilteredAnswer
}

interface MemberState {
  readonly id: string
  readonly clientId: string
  readonly clientHost: string
}

export interface GroupStateReport {
  readonly id: string
  readonly state: GroupState
  readonly generation: number
  readonly protocol: string
  readonly members: readonly MemberState[]
  /** The number of member ids that newcomers got and did not join with yet. */
  readonly pendingIds: number
  readonly offsets: readonly { logstore: string; shard: number; offset: string }[]
}

export interface EmulatorState {
  readonly isListening: boolean
  readonly logstores: readonly {
    readonly name: string
    readonly shards: readonly ShardState[]
    readonly views: readonly ViewState[]
  }[]
  readonly groups: readonly GroupStateReport[]
  readonly connections: { readonly open: number; readonly total: number }
  readonly logins: { readonly accepted: number; readonly refused: number }
  /** The faults in force, in the order in which they were added. */
  readonly faults: readonly FaultState[]
  readonly switches: SwitchValues
  /** Requests served since the start, by name of the API. */
  readonly requests: Readonly<Record<string, number>>
  /** Bytes of responses since the start, by name of the API. */
  readonly responseBytes: Readonly<Record<string, number>>
}

interface FaultState {
  readonly kind: string
  /** Names of APIs; empty: all. */
  readonly apis: readonly string[]
  /** To how many requests it was done so far. */
  readonly timesApplied: number
}

/** One accepted commit of one shard. */
export type CommitState = Omit<JournalEntry, 'offset'> & { readonly offset: string }

export function stateOf({
  project,
  groups,
  listener,
  counters,
  faults,
  switches,
}: Emulator): EmulatorState {
  return {
    isListening: listener.isOpen,
    logstores: project.logstores.map(({ name, shards, views }) => ({
      name,
      shards: shards.map((shard) => ({
        id: shard.id,
        isReadOnly: shard.isReadOnly,
        isReclaimed: shard.isReclaimed,
        earliest: String(shard.earliestOffset),
        last: shard.lastOffset === undefined ? null : String(shard.lastOffset),
        next: String(shard.highWatermark),
        logs: shard.logs,
        bytes: shard.bytes,
      })),
      views: views.map(({ id, query, definition: { filtered } }) => ({ id, query, filtered })),
    })),
    groups: groups.list().map((group) => ({
      id: group.id,
      state: group.state,
      generation: group.generation,
      protocol: group.protocol,
      members: group.memberList.map(({ id, options }) => ({
        id,
        clientId: options.clientId,
        clientHost: options.clientHost,
      })),
      pendingIds: group.pendingIds,
      offsets: group.offsets
        .all()
        .map(({ logstore, shard, offset }) => ({ logstore, shard, offset: String(offset) })),
    })),
    connections: { open: listener.openConnections, total: counters.connections },
    logins: { accepted: counters.acceptedLogins, refused: counters.refusedLogins },
    faults: faults.list.map(({ fault, timesApplied }) => ({
      kind: fault.action.kind,
      apis: fault.apis,
      timesApplied,
    })),
    switches: switches.current,
    requests: counters.requestsByApi,
    responseBytes: counters.responseBytesByApi,
  }
}

export function commitsOf({ groups }: Emulator): CommitState[] {
  return groups.journal.entries.map((entry) => ({ ...entry, offset: String(entry.offset) }))
}
