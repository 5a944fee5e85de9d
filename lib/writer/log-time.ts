import { isWritableTime } from '../sls/log-rules'
import { normaliseTimestamp } from '../sls/timestamp'
import { timeOfDate } from '../text'
import { invalidLog } from './log-errors'

const NUMBER = /^\d+(\.\d+)?$/
/** A time without its zone is refused: Node-RED and SLS can be in different zones. */
const ISO_WITH_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)$/i

/**
 * The time of a log, in whole milliseconds since 1970: now if the value is absent, else milliseconds, seconds,
 * ISO 8601 with a zone, or a Date.
 *
 * @throws SlsKafkaError SLS_RECORD_INVALID for any other value, and for a time that SLS does not take
 */
export function logTime(value: unknown, now: number): number {
  if (value === undefined || value === null || value === '') return Math.floor(now)
  const time = millisecondsOf(value)
  if (!Number.isFinite(time)) throw invalidLog('time-invalid', value)
  if (!isWritableTime(time, now)) throw invalidLog('time-range', value)
  return Math.floor(time)
}

function millisecondsOf(value: unknown): number {
  if (typeof value === 'number') return normaliseTimestamp(value)
  if (typeof value !== 'string') return timeOfDate(value) ?? NaN
  const text = value.trim()
  if (NUMBER.test(text)) return normaliseTimestamp(Number(text))
  return ISO_WITH_ZONE.test(text) ? Date.parse(text) : NaN
}
