import { FORMATS, type Format } from '../sls/decode'
import { CONSUMER_DEFAULTS, CONSUMER_RANGES } from './consumer-defaults'
import type { Compiled, ProjectOptions } from './project-options'
import * as rule from './fields'

export const START_FROM = ['latest', 'earliest'] as const
export type StartFrom = (typeof START_FROM)[number]

export const EMIT = ['record', 'batch'] as const
export const COMMIT = ['onSend'] as const

export interface BatchLimits {
  /** Records in a batch, at most. */
  readonly size: number
  /** Milliseconds that an incomplete batch waits for more records. */
  readonly wait: number
}

/** What an `sls-kafka-in` node is configured with, as Node-RED hands it over. */
export type ConsumerSettings = Readonly<Record<string, unknown>>

/** A complete, checked description of one consumer. */
export interface ConsumerOptions {
  readonly project: ProjectOptions
  readonly logstore: string
  readonly group: string
  /** Where a group without any committed offset begins. */
  readonly startFrom: StartFrom
  readonly format: Format
  /** How records are put together into messages; null is one by one. */
  readonly batch: BatchLimits | null
  /** Records a second; null is unlimited. */
  readonly maxRate: number | null
  /** Milliseconds. A record is committed no sooner than this after it was sent. */
  readonly commitInterval: number
  /** Milliseconds without a heartbeat after which the group drops a member. */
  readonly sessionTimeout: number
  /** Milliseconds that the group waits for its members to rejoin. */
  readonly rebalanceTimeout: number
  /** Bytes asked of one shard in one fetch. */
  readonly maxBytesPerShard: number
  /** Bytes fetched and not yet done, of the whole node. */
  readonly maxInFlightBytes: number
}

type NumberField = keyof typeof CONSUMER_RANGES

export function compileConsumerOptions(
  settings: ConsumerSettings,
  project: ProjectOptions,
): Compiled<ConsumerOptions> {
  const text = Object.fromEntries(
    Object.keys(RULES).map((field) => [field, rule.textOf(settings[field])]),
  )
  const problems = rule.problemsOf(text, RULES)
  if (problems.length > 0) return { problems }

  const number = <T>(field: NumberField, fallback: T): number | T =>
    text[field] ? Number(text[field]) : fallback
  const choice = (field: string, fallback: string): string =>
    text[field] === '' ? fallback : (text[field] ?? fallback)
  const batch = {
    size: number('batchSize', CONSUMER_DEFAULTS.batchSize),
    wait: number('batchWait', CONSUMER_DEFAULTS.batchWait),
  }
  return {
    options: {
      project,
      logstore: text['logstore'] ?? '',
      group: text['group'] ?? '',
      startFrom: choice('startFrom', CONSUMER_DEFAULTS.startFrom) as StartFrom,
      format: choice('format', CONSUMER_DEFAULTS.format) as Format,
      batch: choice('emit', CONSUMER_DEFAULTS.emit) === 'batch' ? batch : null,
      maxRate: number('maxRate', null),
      commitInterval: number('commitInterval', CONSUMER_DEFAULTS.commitInterval),
      sessionTimeout: number('sessionTimeout', CONSUMER_DEFAULTS.sessionTimeout),
      rebalanceTimeout: number('rebalanceTimeout', CONSUMER_DEFAULTS.rebalanceTimeout),
      maxBytesPerShard: number('maxBytesPerShard', CONSUMER_DEFAULTS.maxBytesPerShard),
      maxInFlightBytes: number('maxInFlightBytes', CONSUMER_DEFAULTS.maxInFlightBytes),
    },
  }
}

/** The rule of each setting by its property name; the edit dialog applies the same ones. */
export const RULES: Readonly<Record<string, rule.Rule>> = {
  logstore: rule.logstoreName,
  group: rule.present,
  startFrom: rule.oneOf(START_FROM),
  format: rule.oneOf(FORMATS),
  emit: rule.oneOf(EMIT),
  commit: rule.oneOf(COMMIT),
  ...Object.fromEntries(
    Object.entries(CONSUMER_RANGES).map(([field, range]) => [field, rule.wholeNumber(range)]),
  ),
}
