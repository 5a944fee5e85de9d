import { FORMATS, type Format } from '../sls/formats'
import { COMMIT, EMIT, NO, ON_EXHAUSTED, START_FROM, YES } from './choices'
import { CONSUMER_DEFAULTS, CONSUMER_RANGES, defaultMaxInFlight } from './consumer-defaults'
import type { Compiled, ProjectOptions } from './project-options'
import * as rule from './fields'
import { hereAndNow, parseTime, type StartTime } from './time'

export type StartFrom = 'latest' | 'earliest' | { readonly time: StartTime }

type OnExhausted = (typeof ON_EXHAUSTED)[number]

/** When a message batch is complete. */
export interface BatchLimits {
  /** Most records in a message batch. */
  readonly size: number
  /** Milliseconds that an incomplete batch waits for more records. */
  readonly waitMs: number
}

/** The options of `commit: onAck`. */
export interface AckOptions {
  /** Most records sent and not done. */
  readonly maxInFlight: number
  /** Most attempts of a record; 0 is unlimited. */
  readonly maxAttempts: number
  /** Milliseconds before the second attempt; doubles with each further one. */
  readonly retryDelayMs: number
  /** The treatment of a record that is rejected or exhausted. */
  readonly onExhausted: OnExhausted
  /** Milliseconds without an ack after which an attempt has failed; null waits forever. */
  readonly timeoutMs: number | null
}

/** The settings of an `sls-kafka-in` node, as Node-RED passes them. */
export type ConsumerSettings = Readonly<Record<string, unknown>>

/** A complete, checked description of one consumer. */
export interface ConsumerOptions {
  readonly project: ProjectOptions
  readonly logstore: string
  readonly group: string
  /** The position of a group without any committed offset. */
  readonly startFrom: StartFrom
  readonly format: Format
  /** How records form message batches; null sends them one by one. */
  readonly batch: BatchLimits | null
  /** How records are acknowledged; null with `commit: onSend`. */
  readonly ack: AckOptions | null
  /** Records a second; null is unlimited, which always applies with `commit: onAck`. */
  readonly maxRate: number | null
  /** Milliseconds between two periodic commits. With `commit: onSend`, a record waits at least this long. */
  readonly commitIntervalMs: number
  /** Milliseconds without a heartbeat after which the group drops a member. */
  readonly sessionTimeoutMs: number
  /** Milliseconds that the group waits for its members to rejoin. */
  readonly rebalanceTimeoutMs: number
  /** Bytes of one shard that one fetch requests. */
  readonly maxBytesPerShard: number
  /** Bytes of the whole node that are fetched and not done. */
  readonly maxInFlightBytes: number
  /** If false, the node stays stopped until a `start` command. */
  readonly autoStart: boolean
}

type NumberField = keyof typeof CONSUMER_RANGES

/** Compiles the settings of an `sls in`. @param settings of the current version, see `migrate` */
export function compileConsumerOptions(
  settings: ConsumerSettings,
  project: ProjectOptions,
): Compiled<ConsumerOptions> {
  const values: Record<string, unknown> = Object.fromEntries(
    Object.keys(RULES).map((field) => [field, settings[field]]),
  )
  values['autoStart'] = rule.switchText(settings['autoStart'])
  const text = Object.fromEntries(
    Object.entries(values).map(([field, value]) => [field, rule.textOf(value)]),
  )
  const problems = rule.problemsOf(values, {
    ...RULES,
    batchSize: batchSizeRule(text),
    startTime: rule.startTimeBeside(text['startFrom'] ?? ''),
  })
  if (problems.length > 0) return { problems }

  const number = <T>(field: NumberField, fallback: T): number | T =>
    text[field] ? Number(text[field]) : fallback
  const choice = (field: string, fallback: string): string =>
    text[field] === '' ? fallback : (text[field] ?? fallback)
  const isBatch = choice('emit', CONSUMER_DEFAULTS.emit) === 'batch'
  const ack = choice('commit', CONSUMER_DEFAULTS.commit) === 'onAck' ? ackOptions() : null
  return {
    options: {
      project,
      logstore: text['logstore'] ?? '',
      group: text['group'] ?? '',
      startFrom: startFrom(),
      format: choice('format', CONSUMER_DEFAULTS.format) as Format,
      batch: isBatch ? batchLimits() : null,
      ack,
      maxRate: ack ? null : number('maxRate', null),
      commitIntervalMs: number('commitInterval', CONSUMER_DEFAULTS.commitInterval),
      sessionTimeoutMs: number('sessionTimeout', CONSUMER_DEFAULTS.sessionTimeout),
      rebalanceTimeoutMs: number('rebalanceTimeout', CONSUMER_DEFAULTS.rebalanceTimeout),
      maxBytesPerShard: number('maxBytesPerShard', CONSUMER_DEFAULTS.maxBytesPerShard),
      maxInFlightBytes: number('maxInFlightBytes', CONSUMER_DEFAULTS.maxInFlightBytes),
      autoStart: !NO.some((no) => no === text['autoStart']),
    },
  }

  function startFrom(): StartFrom {
    const chosen = choice('startFrom', CONSUMER_DEFAULTS.startFrom) as (typeof START_FROM)[number]
    if (chosen !== 'time') return chosen
    // The rule of `startTime` has found no problem.
    return { time: parseTime(text['startTime'] ?? '', hereAndNow()) as StartTime }
  }

  function batchLimits(): BatchLimits {
    return {
      size: number(
        'batchSize',
        Math.min(CONSUMER_DEFAULTS.batchSize, ack?.maxInFlight ?? Infinity),
      ),
      waitMs: number('batchWait', CONSUMER_DEFAULTS.batchWait),
    }
  }

  function ackOptions(): AckOptions {
    const seconds = number('ackTimeout', CONSUMER_DEFAULTS.ackTimeout)
    const batchSize = isBatch ? number('batchSize', CONSUMER_DEFAULTS.batchSize) : null
    return {
      maxInFlight: number('maxInFlight', defaultMaxInFlight(batchSize)),
      maxAttempts: number('maxAttempts', CONSUMER_DEFAULTS.maxAttempts),
      retryDelayMs: number('retryDelay', CONSUMER_DEFAULTS.retryDelay),
      onExhausted: choice('onExhausted', CONSUMER_DEFAULTS.onExhausted) as OnExhausted,
      timeoutMs: seconds === 0 ? null : seconds * 1000,
    }
  }
}

function batchSizeRule(text: Readonly<Record<string, string>>): rule.Rule {
  const { emit = '', commit = '', maxInFlight = '' } = text
  return rule.batchSizeBeside({ emit, commit, maxInFlight })
}

/** The rule of each setting by its property name; the edit dialog applies the same ones. */
export const RULES: Readonly<Record<string, rule.Rule>> = {
  logstore: rule.logstoreName,
  group: rule.present,
  startFrom: rule.oneOf(START_FROM),
  startTime: rule.startTimeBeside('time'),
  format: rule.oneOf(FORMATS),
  emit: rule.oneOf(EMIT),
  commit: rule.oneOf(COMMIT),
  onExhausted: rule.oneOf(ON_EXHAUSTED),
  autoStart: rule.oneOf([...YES, ...NO]),
  ...Object.fromEntries(
    Object.entries(CONSUMER_RANGES).map(([field, range]) => [field, rule.wholeNumber(range)]),
  ),
}
