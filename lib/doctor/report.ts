import type { StepResult } from '../sls/connection-test'
import type { ErrorCode } from '../errors'

/** The report of the doctor. The JSON form is public: docs/doctor.md describes it. */
export interface Report {
  /** Version of this package. */
  readonly version: string
  /** Time of the report, ISO 8601. */
  readonly time: string
  readonly outcome: 'ok' | 'failed'
  readonly target: Target
  readonly steps: readonly Step[]
  /** The results of the checks; empty if a step before `records` failed. */
  readonly findings: Findings
}

/** The examined logstore. Contains no secret. */
interface Target {
  readonly project: string
  readonly logstore: string
  /** `host:port` of the first connection. */
  readonly address: string
  /** The masked AccessKey id. */
  readonly accessKeyId: string
}

/** The steps of the connection test, and the step `records`, which reads records. */
export const STEPS = ['name', 'port', 'tls', 'access-key', 'logstore', 'records'] as const
export type StepId = StepResult['step'] | 'records'

/** The result of one step. */
export interface Step {
  readonly id: StepId
  readonly result: 'ok' | 'failed' | 'not-tried'
  /** Milliseconds that the step took. */
  readonly took?: number
  /** The addresses of the name, the ids of the shards, or the number of records read. */
  readonly found?: readonly (string | number)[]
  readonly failure?: StepFailure
}

/** Why a step failed. */
export interface StepFailure {
  readonly code: ErrorCode
  /** The message of Node.js, the Kafka client or the service. */
  readonly detail: string
  /** The meaning and the action to take, in the user's language. */
  readonly text: string
}

/** The checks of the service, in the order of the report; docs/unverified.md names them. */
export const FINDINGS = [
  'api-versions',
  'writing',
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

/** The results of the checks that succeeded. Offsets are decimal text, times ISO 8601. */
export interface Facts {
  readonly 'api-versions': { readonly apis: readonly ApiVersion[] }
  readonly writing: {
    /** The versions of the request Produce that the service offers; null if it offers none. */
    readonly offered: { readonly min: number; readonly max: number } | null
    /** The version that an `sls out` uses; null if none of those offered. */
    readonly version: number | null
  }
  readonly brokers: {
    readonly nodes: readonly { readonly id: number; readonly host: string; readonly port: number }[]
    /** The domain of the endpoint; null if only a bootstrap address is known. */
    readonly domain: string | null
    /** Hosts outside the domain. */
    readonly strangers: readonly string[]
  }
  readonly shards: { readonly shards: readonly ShardRange[] }
  readonly 'record-format': {
    /** Versions of the record format: 2 since Kafka 0.11. */
    readonly formats: readonly number[]
    readonly codecs: readonly string[]
  }
  readonly 'record-shape': RecordShape
  readonly offsets: OffsetFacts
  readonly timestamps: {
    readonly unit: 'milliseconds' | 'seconds'
    readonly newest: string
    /** Age of the newest record by this machine's clock; negative for a time in the future. */
    readonly ageSeconds: number
  }
  readonly 'offsets-by-time': OffsetsByTime
  readonly 'expired-offset': {
    readonly shard: number
    readonly offset: string
    /** Name of the error; null if the service returned records. */
    readonly answer: string | null
  }
  readonly 'long-poll': {
    /** Milliseconds that the request allowed the service to wait. */
    readonly asked: number
    /** Milliseconds that the service waited. */
    readonly took: number
    /** Whether the service waited about as long as requested. */
    readonly isHonoured: boolean
  }
  readonly 'made-up-project': { readonly name: string; readonly isResolved: boolean }
  readonly 'list-logstores': { readonly count: number; readonly isOursAmongThem: boolean }
  readonly 'list-groups': { readonly count: number }
  readonly groups: {
    /** The groups that have committed offsets for this logstore. */
    readonly groups: readonly KnownGroup[]
    /** Number of examined groups without a committed offset for this logstore. */
    readonly others: number
    /** Number of groups that were not examined, because the list is too long. */
    readonly left: number
  }
  readonly group: GroupFacts
  /** Only reported for a virtual topic. */
  readonly filter: {
    /** The SPL statement; null if the service shows none. */
    readonly query: string | null
  }
}

/** The versions of a Kafka request that the service supports. */
interface ApiVersion {
  readonly key: number
  /** Name of the request; null if this package does not use the request. */
  readonly name: string | null
  readonly min: number
  readonly max: number
}

/** The offsets that a shard stores. */
export interface ShardRange {
  readonly shard: number
  readonly earliest: string | null
  readonly end: string | null
  /** Name of the error if an offset could not be listed; else null. */
  readonly error: string | null
}

/** Counts of properties of the sampled records. Contains no content of logs except field names of SLS. */
export interface RecordShape {
  readonly records: number
  readonly withKey: number
  readonly withHeaders: number
  /** Number of values that are a JSON object. */
  readonly objects: number
  readonly nulls: number
  /** Fields that SLS adds to the objects: `__topic__`, `__source__`, `__tag__:…`, `__time__`. */
  readonly ownFields: readonly string[]
  /** Bytes of the largest value. */
  readonly largest: number
}

/** Properties of the offsets of the sampled records. */
export interface OffsetFacts {
  readonly records: number
  readonly lowest: string
  readonly highest: string
  readonly isAbove2to53: boolean
  /** Number of gaps between consecutive records. */
  readonly gaps: number
  readonly largestGap: string
  /** Number of gaps that end at a multiple of 2^17, where SLS begins a log group. */
  readonly gapsToLogGroups: number
}

/** The result of a lookup of an offset by time. */
interface OffsetsByTime {
  readonly shard: number
  /** The requested time. */
  readonly asked: string
  /** The offset in the response; null if the service found none. */
  readonly offset: string | null
  /** Whether the offset belongs to the first record of this time; `unknown` if the sample does not show it. */
  readonly isExact: 'yes' | 'no' | 'unknown'
  /** Milliseconds by which the record at the offset is older than the requested time; null if unknown. */
  readonly earlierBy: number | null
  /** The response for a time after the last record: no offset, the end offset, or another offset. */
  readonly afterTheLast: 'none' | 'end' | 'other'
}

/** A group with committed offsets for the logstore. */
export interface KnownGroup {
  readonly group: string
  /** State of the group; null if the service refused to describe it. */
  readonly state: string | null
  readonly members: number
  /** Number of shards with a committed offset. */
  readonly shards: number
}

/** The group of `--group`. */
export interface GroupFacts {
  readonly group: string
  readonly state: string | null
  /** Name of the error if the service refused to describe the group; else null. */
  readonly error: string | null
  readonly clientIds: readonly string[]
  readonly committed: readonly CommittedOffset[]
}

/** The committed offset of one shard. */
export interface CommittedOffset {
  readonly shard: number
  readonly offset: string
  /** Time of the next record; null if there is none, or if it cannot be read. */
  readonly next: string | null
  /** Seconds since the time of the next record; null without one. */
  readonly behind: number | null
  /** Name of the error if the offset cannot be read; else null. */
  readonly error: string | null
}

/** A check without a result: the service refused it, it failed, or its input was missing. */
export type MissingFinding =
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
  ({ readonly result: 'found' } & Facts[Id]) | MissingFinding

export type Findings = { readonly [Id in FindingId]?: Finding<Id> }
