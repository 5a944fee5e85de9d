import type { DecodedRecord } from '../protocol/record-batch'
import { jsonFields } from './json-fields'
import type { Log } from './log'

const DEFAULT_FIELD = 'content'
const FORMAT_HEADER = 'data-parse-format'

/**
 * The log that SLS makes of a produced record: the whole value in one field, named by the record's
 * key, else `content`; with JSON asked for by the topic or by a header, the top level as fields.
 * Source: Alibaba's help page "Use the Kafka protocol to upload logs".
 */
export function producedLog(record: Omit<DecodedRecord, 'offsetDelta'>, isJsonTopic: boolean): Log {
  const text = record.value?.toString('utf8') ?? ''
  const asksForJson = isJsonTopic || record.headers.get(FORMAT_HEADER) === 'json'
  const fields = asksForJson ? jsonFields(text) : undefined
  const fieldName = record.key?.toString('utf8') ?? ''
  return {
    time: record.timestamp,
    fields: fields ?? [[fieldName === '' ? DEFAULT_FIELD : fieldName, text]],
  }
}
