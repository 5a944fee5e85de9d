import type { Field } from './log'

/** Key and value of the Kafka record that a log is served as. */
export interface RecordShape {
  readonly key: string | null
  readonly value: string
}

/** Fields of a log that SLS's "import Kafka data" has written. */
const IMPORTED_FIELDS = ['kafka_topic', 'kafka_partition', 'kafka_offset', 'key', 'value']

/**
 * SLS decides the shape log by log, so that one logstore mixes all three:
 * one field: key = its name, value = its raw text; imported Kafka data: its key and value;
 * anything else: no key, value = JSON text of all fields.
 * Source: sls-doc, kafka_overview.md, "Kafka 消费时字段说明".
 */
export function recordShape(fields: readonly Field[]): RecordShape {
  const [first] = fields
  if (first && fields.length === 1) return { key: first[0], value: first[1] }

  const byName = new Map(fields)
  if (IMPORTED_FIELDS.every((name) => byName.has(name))) {
    return { key: byName.get('key') ?? null, value: byName.get('value') ?? '' }
  }
  return { key: null, value: jsonText(fields) }
}

/** Written by hand and not through an object, which would reorder names that look like numbers. */
function jsonText(fields: readonly Field[]): string {
  const members = fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return `{${members.join(',')}}`
}
