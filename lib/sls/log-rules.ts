/**
 * The rules of SLS for a log (help.aliyun.com, "PutLogs", "Basic resources", "Reserved fields"). One log that
 * breaks a rule makes the service refuse all logs that are written with it.
 */

/** Most bytes of the names and values of one log. */
export const MAX_LOG_BYTES = 1_048_576

/** The field that takes a text, as Alibaba's samples for Kafka clients name it. */
export const DEFAULT_FIELD = 'content'

const MAX_FIELD_NAME_BYTES = 128
/** Most bytes in UTF-8 for each code unit of a JavaScript string. */
const MOST_BYTES_PER_UNIT = 3
const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  '__time__',
  '__source__',
  '__topic__',
  '__partition_time__',
  '_extract_others_',
  '__extract_others__',
])

const OLDEST_MS = 7 * 86_400_000
const NEWEST_MS = 15 * 60_000

/** Why a value cannot become a log; keys of `reasons` in the catalogue. */
export type LogProblem =
  | 'log-empty'
  | 'log-not-object'
  | 'log-not-utf8'
  | 'log-no-text'
  | 'field-name'
  | 'field-reserved'
  | 'time-invalid'
  | 'time-range'

/** Runs in browsers as well. */
export function fieldNameProblem(name: string): 'field-name' | 'field-reserved' | null {
  if (name === '' || isLongName(name)) return 'field-name'
  return RESERVED_FIELDS.has(name) ? 'field-reserved' : null
}

/** Counts bytes only where the number of characters does not decide: names of logs are checked by the thousand. */
function isLongName(name: string): boolean {
  if (name.length > MAX_FIELD_NAME_BYTES) return true
  if (name.length * MOST_BYTES_PER_UNIT <= MAX_FIELD_NAME_BYTES) return false
  return new TextEncoder().encode(name).length > MAX_FIELD_NAME_BYTES
}

/** Whether SLS takes a log of this time: from seven days ago to 15 minutes ahead. Both in ms since 1970. */
export function isWritableTime(time: number, now: number): boolean {
  return !isTooOldToWrite(time, now) && time <= now + NEWEST_MS
}

/** Whether SLS no longer takes a log of this time. Both in ms since 1970. */
export function isTooOldToWrite(time: number, now: number): boolean {
  return time < now - OLDEST_MS
}
