import {
  decodeRecordBatches,
  encodeRecordBatch,
  RecordBatchError,
  summaryOf,
  type DecodedRecord,
  type NewRecord,
} from '../protocol/record-batch'
import { jsonFields } from './json-fields'
import type { Field } from './log'
import { recordShape } from './record-shape'

/**
 * How a log group is served of which no log passes. Alibaba documents none of the three ways.
 * `empty-batch`: as a record batch without records, which takes all offsets of the group.
 * `gap`: not at all, unless it is the newest group of its shard; Apache Kafka serves compacted topics so.
 * `dropped-group`: not at all.
 */
export const FILTERED_ANSWERS = ['empty-batch', 'gap', 'dropped-group'] as const
export type FilteredAnswer = (typeof FILTERED_ANSWERS)[number]

export interface ViewDefinition {
  /** N of `<logstore>.N`. */
  readonly id: number
  /** The logs that pass: those with a field of this name and exactly this text. */
  readonly where: { readonly field: string; readonly equals: string }
  /** The fields that are kept, in their order in the log; default all. */
  readonly project?: readonly string[]
  readonly filtered: FilteredAnswer
}

interface Filtered {
  readonly batch: Buffer
  readonly isEmpty: boolean
}

/**
 * An SPL virtual topic: the log groups and offsets of a logstore, without the logs that do not pass.
 * A log that is left out keeps its offset, so that positions mean the same in both.
 */
export class View {
  readonly definition: ViewDefinition
  readonly #filtered = new WeakMap<Buffer, Filtered>()

  constructor(definition: ViewDefinition) {
    this.definition = definition
  }

  get id(): number {
    return this.definition.id
  }

  /** The definition as a statement in SPL. */
  get query(): string {
    const { where, project } = this.definition
    const condition = `where ${where.field} = '${where.equals.replaceAll("'", "''")}'`
    return ['*', condition, ...(project ? [`project ${project.join(', ')}`] : [])].join(' | ')
  }

  /**
   * What is served in the place of a stored record batch; null leaves it out.
   *
   * @param isNewest whether it is the last one of its shard
   */
  serve(stored: Buffer, isNewest: boolean): Buffer | null {
    const known = this.#filtered.get(stored)
    const filtered = known ?? this.#filter(stored)
    if (!known) this.#filtered.set(stored, filtered)
    const { filtered: how } = this.definition
    const isServed = !filtered.isEmpty || how === 'empty-batch' || (how === 'gap' && isNewest)
    return isServed ? filtered.batch : null
  }

  #filter(stored: Buffer): Filtered {
    let records: DecodedRecord[]
    try {
      records = decodeRecordBatches(stored).flat()
    } catch (error) {
      // A batch that tests have stored ready-made, in a codec or format that cannot be looked into.
      if (error instanceof RecordBatchError) return { batch: stored, isEmpty: false }
      throw error
    }
    const served = Array<NewRecord | null>(summaryOf(stored).offsets).fill(null)
    for (const record of records) {
      const fields = fieldsOf(record)
      if (this.#passes(fields)) served[record.offsetDelta] = this.#projected(record, fields)
    }
    const batch = encodeRecordBatch(stored.readBigInt64BE(), served)
    return { batch, isEmpty: served.every((record) => record === null) }
  }

  #passes(fields: readonly Field[]): boolean {
    const { field, equals } = this.definition.where
    return fields.some(([name, value]) => name === field && value === equals)
  }

  #projected({ timestamp }: DecodedRecord, fields: readonly Field[]): NewRecord {
    const { project } = this.definition
    const kept = project ? fields.filter(([name]) => project.includes(name)) : fields
    return { timestamp, ...recordShape(kept) }
  }
}

/** The fields of the log that a record was made of, see `recordShape`. */
function fieldsOf({ key, value }: DecodedRecord): readonly Field[] {
  const text = value?.toString('utf8') ?? ''
  return key === null ? (jsonFields(text) ?? []) : [[key.toString('utf8'), text]]
}
