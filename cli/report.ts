import type { ProbeResult } from '../lib/sls/probe'
import type { ErrorCode } from '../lib/errors'

/** What the doctor has found out. Its JSON form is public: docs/doctor.md describes it. */
export interface Report {
  /** Version of this package. */
  readonly version: string
  /** When it was made, ISO 8601. */
  readonly time: string
  readonly outcome: 'ok' | 'failed'
  readonly target: Target
  readonly steps: readonly Step[]
  /** Empty if a step failed before the records. */
  readonly findings: Findings
}

/** Names of what was looked at; never a secret. */
export interface Target {
  readonly project: string
  readonly logstore: string
  /** `host:port` that is connected to. */
  readonly address: string
  /** Masked. */
  readonly accessKeyId: string
}

/** The steps of the probe, and then whether records can be read. */
export const STEPS = ['name', 'port', 'tls', 'access-key', 'logstore', 'records'] as const
export type StepId = ProbeResult['step'] | 'records'

export interface Step {
  readonly id: StepId
  readonly result: 'ok' | 'failed' | 'not-tried'
  /** Milliseconds. */
  readonly took?: number
  /** Addresses of the name, ids of the shards; of `records` how many were read. */
  readonly found?: readonly (string | number)[]
  readonly failure?: StepFailure
}

export interface StepFailure {
  readonly code: ErrorCode
  /** In the words of Node.js, of the Kafka client or of the service. */
  readonly detail: string
  /** What it means and what to do, in the user's language. */
  readonly text: string
}

/** The lines of the report about the service, in their order; docs/unverified.md names them. */
export const FINDINGS = [
  'api-versions',
  'brokers',
  'shards',
  'record-format',
  'record-shape',
  'offsets',
  'timestamps',
  'offsets-by-time',
  'expired-offset',
  'long-poll',
  'made-up-project',
  'list-logstores',
  'list-groups',
  'groups',
  'group',
  'filter',
] as const
export type FindingId = (typeof FINDINGS)[number]

/** What each line holds where its question was answered. Offsets are decimal text, times ISO 8601. */
export interface Facts {
  readonly 'api-versions': { readonly apis: readonly ApiVersion[] }
  readonly brokers: {
    readonly nodes: readonly { readonly id: number; readonly host: string; readonly port: number }[]
    /** Of the endpoint; null where only a bootstrap address is known. */
    readonly domain: string | null
    /** Hosts that do not belong to it. */
    readonly strangers: readonly string[]
  }
  readonly shards: { readonly shards: readonly ShardRange[] }
  readonly 'record-format': {
    /** 2 since Kafka 0.11. */
    readonly formats: readonly number[]
    readonly codecs: readonly string[]
  }
  readonly 'record-shape': RecordShape
  readonly offsets: OffsetFacts
  readonly timestamps: {
    readonly unit: 'milliseconds' | 'seconds'
    readonly newest: string
    /** Of the newest record, by this machine's clock; below 0 it lies in the future. */
    readonly ageSeconds: number
  }
  readonly 'offsets-by-time': OffsetsByTime
  readonly 'expired-offset': {
    readonly shard: number
    readonly offset: string
    /** Name of the error; null if records came all the same. */
    readonly answer: string | null
  }
  readonly 'long-poll': {
    /** Milliseconds that the service was allowed to wait. */
    readonly asked: number
    /** Milliseconds that it took. */
    readonly took: number
    readonly isHonoured: boolean
  }
  readonly 'made-up-project': { readonly name: string; readonly isResolved: boolean }
  readonly 'list-logstores': { readonly count: number; readonly isOursAmongThem: boolean }
  readonly 'list-groups': { readonly count: number }
  readonly groups: {
    /** Those that have committed for this logstore. */
    readonly groups: readonly KnownGroup[]
    /** Listed, and without a commit for it. */
    readonly others: number
    /** Not looked at, because they are too many. */
    readonly left: number
  }
  readonly group: GroupFacts
  /** Of a virtual topic only; for any other logstore there is no such line. */
  readonly filter: {
    /** The SPL statement; null if the service names none. */
    readonly query: string | null
  }
}

export interface ApiVersion {
  readonly key: number
  /** Null for one that this package does not use. */
  readonly name: string | null
  readonly min: number
  readonly max: number
}

export interface ShardRange {
  readonly shard: number
  readonly earliest: string | null
  readonly end: string | null
  /** Name of the error, where one of them could not be asked for. */
  readonly error: string | null
}

export interface RecordShape {
  readonly records: number
  readonly withKey: number
  readonly withHeaders: number
  /** Values that are a JSON object; the others are text. */
  readonly objects: number
  readonly nulls: number
  /** Fields of SLS itself in the objects: `__topic__`, `__source__`, `__tag__:…`, `__time__`. */
  readonly ownFields: readonly string[]
  /** Bytes of a value. */
  readonly largest: number
}

export interface OffsetFacts {
  readonly records: number
  readonly lowest: string
  readonly highest: string
  readonly isAbove2to53: boolean
  /** Between two records that follow each other. */
  readonly gaps: number
  readonly largestGap: string
  /** Gaps behind which a multiple of 2^17 follows: where SLS begins a log group. */
  readonly gapsToLogGroups: number
}

export interface OffsetsByTime {
  readonly shard: number
  readonly asked: string
  /** Null: the service says that there is none. */
  readonly offset: string | null
  /** Whether it is that of the first record of this time; `unknown` where the sample cannot tell. */
  readonly isExact: 'yes' | 'no' | 'unknown'
  /** Milliseconds that the record at the offset is older than asked for; null if it is unknown. */
  readonly earlierBy: number | null
  /** For a time after the last record. */
  readonly afterTheLast: 'none' | 'end' | 'other'
}

export interface KnownGroup {
  readonly group: string
  /** Null where describing it was refused. */
  readonly state: string | null
  readonly members: number
  /** Shards with a committed offset. */
  readonly shards: number
}

export interface GroupFacts {
  readonly group: string
  readonly state: string | null
  /** Name of the error, where describing it was refused. */
  readonly error: string | null
  readonly clientIds: readonly string[]
  readonly committed: readonly CommittedOffset[]
}

export interface CommittedOffset {
  readonly shard: number
  readonly offset: string
  /** When the first record behind it was written; null if there is none, or it cannot be read. */
  readonly next: string | null
  /** Seconds since then. */
  readonly behind: number | null
  /** Name of the error, where the position cannot be read. */
  readonly error: string | null
}

/** Not answered: not allowed, gone wrong, or not asked because something is missing for it. */
export type Unanswered =
  | { readonly result: 'refused'; readonly error: string }
  | { readonly result: 'failed'; readonly error: string; readonly detail: string }
  | { readonly result: 'skipped'; readonly reason: SkipReason }

export const SKIP_REASONS = [
  'no-records',
  'no-endpoint',
  'no-group',
  'no-list',
  'nothing-expired',
  'too-busy',
  'no-time',
] as const
export type SkipReason = (typeof SKIP_REASONS)[number]

export type Finding<Id extends FindingId = FindingId> =
  ({ readonly result: 'found' } & Facts[Id]) | Unanswered

export type Findings = { readonly [Id in FindingId]?: Finding<Id> }
