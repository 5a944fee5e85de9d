import { jsonFields } from '../store/json-fields'
import type { Field } from '../store/log'
import type { Logstore } from '../store/logstore'
import { LineSplitter } from './line-splitter'

/**
 * Reads a stream to its end, a line a log, spread over the shards. What has arrived is stored at
 * once, so a program that writes a line now and then is followed live. Returns the number of logs.
 * Rejects if the stream fails.
 */
export async function feed(stream: AsyncIterable<Buffer>, logstore: Logstore): Promise<number> {
  const splitter = new LineSplitter()
  let count = 0
  const store = (lines: readonly string[]): void => {
    const wanted = lines.filter((line) => line !== '')
    const time = Date.now()
    logstore.append(wanted.map((line) => ({ time, fields: lineFields(line) })))
    count += wanted.length
  }
  for await (const chunk of stream) store(splitter.push(chunk))
  store(splitter.end())
  return count
}

/** A JSON object becomes its fields, anything else the one field that log collectors call `content`. */
export function lineFields(line: string): Field[] {
  return jsonFields(line) ?? [['content', line]]
}
