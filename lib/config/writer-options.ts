import { COMPRESSION, WRITE_FORMAT, WRITE_ORDER } from './choices'
import * as rule from './fields'
import type { Compiled, ProjectOptions } from './project-options'
import { WRITER_DEFAULTS, WRITER_RANGES } from './writer-defaults'

/**
 * How a value becomes a log. `auto`: an object becomes fields, anything else one field. `json`: an object, or
 * a text that is one, becomes fields. `text`: everything becomes one field.
 */
export type WriteFormat = (typeof WRITE_FORMAT)[number]

/** How batches are assigned to shards. `spread`: to all in turn. `shard`: all to one, in order. */
export type WriteOrder = (typeof WRITE_ORDER)[number]

/** Most logs, and bytes of logs. */
export interface WriteLimits {
  readonly records: number
  readonly bytes: number
}

/** A complete, checked description of one writer. */
export interface WriterOptions {
  readonly project: ProjectOptions
  readonly logstore: string
  readonly format: WriteFormat
  /** The name of the one field of a text; empty for `content`. */
  readonly field: string
  readonly compression: (typeof COMPRESSION)[number]
  readonly order: WriteOrder
  /** Milliseconds after which a log in the buffer fails; null waits forever. */
  readonly writeTimeoutMs: number | null
  /** Limits of all logs that are accepted and not settled. */
  readonly buffer: WriteLimits
  /** Limits of one batch. A single log can be larger. */
  readonly batch: WriteLimits
  /** Milliseconds that a batch waits for more logs while no request is under way. */
  readonly lingerMs: number
}

type NumberField = keyof typeof WRITER_RANGES

/** @param settings as Node-RED passes them; the logstore is a name */
export function compileWriterOptions(
  settings: Readonly<Record<string, unknown>>,
  project: ProjectOptions,
): Compiled<WriterOptions> {
  const values = Object.fromEntries(Object.keys(RULES).map((field) => [field, settings[field]]))
  const problems = rule.problemsOf(values, RULES)
  if (problems.length > 0) return { problems }

  const text = (field: string): string => rule.textOf(values[field])
  const number = (field: NumberField): number =>
    text(field) === '' ? WRITER_DEFAULTS[field] : Number(text(field))
  const choice = (field: 'format' | 'compression' | 'order'): string =>
    text(field) || WRITER_DEFAULTS[field]
  const seconds = number('writeTimeout')
  return {
    options: {
      project,
      logstore: text('logstore'),
      format: choice('format') as WriteFormat,
      field: text('field'),
      compression: choice('compression') as WriterOptions['compression'],
      order: choice('order') as WriteOrder,
      writeTimeoutMs: seconds === 0 ? null : seconds * 1000,
      buffer: { records: number('bufferRecords'), bytes: number('bufferBytes') },
      batch: { records: number('maxBatchRecords'), bytes: number('maxBatchBytes') },
      lingerMs: number('linger'),
    },
  }
}

/** The rule of each setting by its property name. */
export const RULES: Readonly<Record<string, rule.Rule>> = {
  logstore: rule.writableLogstore,
  format: rule.oneOf(WRITE_FORMAT),
  field: rule.fieldName,
  compression: rule.oneOf(COMPRESSION),
  order: rule.oneOf(WRITE_ORDER),
  ...Object.fromEntries(
    Object.entries(WRITER_RANGES).map(([field, range]) => [field, rule.wholeNumber(range)]),
  ),
}
