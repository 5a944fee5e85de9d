/**
 * Times as users write them: with their zone, or as a span before now. A time without zone is refused: the
 * editor, Node-RED and SLS can be in different zones, and a shift of hours would go unnoticed. Free of
 * Node.js: edit dialogs apply the same rule.
 */

/** Milliseconds since 1970, or milliseconds before the moment at which the time is needed. */
export type StartTime = { readonly at: number } | { readonly ago: number }

/** The present time and the local zone. */
export interface HereAndNow {
  /** Milliseconds since 1970. */
  readonly now: number
  /**
   * Minutes by which local time is ahead of UTC.
   *
   * @param wall local time, as the milliseconds at which a clock of UTC shows the same
   */
  readonly zoneOffset: (wall: number) => number
}

/** The problem of a time, with fields of `Problem`. */
export interface TimeProblem {
  readonly reason: 'time' | 'time-without-zone' | 'time-impossible' | 'time-seconds' | 'time-future'
  /** `right` is the text to write instead. */
  readonly params: { readonly value: string; readonly right?: string }
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const RELATIVE = /^-(\d{1,9})([smhd])$/i

const DATE = /(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)/
const CLOCK = /(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d{1,9}))?)?/
const ZONE = /(?:Z|(?<sign>[+-])(?<zoneHour>\d\d):?(?<zoneMinute>\d\d)?)/
const ISO = new RegExp(
  `^${DATE.source}(?:[T ]${CLOCK.source}(?: ?(?<zone>${ZONE.source}))?)?$`,
  'i',
)

/** A smaller number is in seconds: as milliseconds it would be a time before SLS existed. */
const MIN_MILLISECONDS = 100_000_000_000

/**
 * Reads a time in one of three forms. A time in the future is refused: no log can be there.
 * - ISO 8601 with a zone: `2026-11-22T10:00:00+08:00`, `2026-11-22 02:00Z`; seconds are optional
 * - a span before now: `-90s`, `-30m`, `-1h`, `-2d`
 * - a number of milliseconds since 1970
 */
export function parseTime(value: string | number, here: HereAndNow): StartTime | TimeProblem {
  if (typeof value === 'number') return fromNumber(value, here)
  const text = value.trim()
  const [, amount, unit] = RELATIVE.exec(text) ?? []
  if (amount && unit) {
    return { ago: Number(amount) * UNITS[unit.toLowerCase() as keyof typeof UNITS] }
  }
  const parts = ISO.exec(text)?.groups
  return parts ? fromParts(text, parts, here) : { reason: 'time', params: { value: text } }
}

/** Milliseconds since 1970, at least 0: ListOffsets gives negative times another meaning. */
export function timeOf(start: StartTime, now: number): number {
  return 'at' in start ? start.at : Math.max(0, now - start.ago)
}

/** The present time, and the zone of this machine or browser. */
export function hereAndNow(now: number = Date.now()): HereAndNow {
  return {
    now,
    zoneOffset: (wall) => {
      const shown = new Date(wall)
      const local = new Date(
        shown.getUTCFullYear(),
        shown.getUTCMonth(),
        shown.getUTCDate(),
        shown.getUTCHours(),
        shown.getUTCMinutes(),
      )
      return -local.getTimezoneOffset()
    },
  }
}

function fromNumber(value: number, here: HereAndNow): StartTime | TimeProblem {
  const params = { value: String(value) }
  if (!Number.isFinite(value) || value < 0) return { reason: 'time', params }
  if (value > 0 && value < MIN_MILLISECONDS) {
    return { reason: 'time-seconds', params: { ...params, right: String(value * 1000) } }
  }
  return notLater({ at: Math.floor(value) }, params, here)
}

type Parts = Readonly<Record<string, string | undefined>>

function fromParts(text: string, parts: Parts, here: HereAndNow): StartTime | TimeProblem {
  const params = { value: text }
  const wall = wallOf(parts)
  const zone = zoneOf(parts)
  if (wall === null || zone === null) return { reason: 'time-impossible', params }
  if (zone === 'none') {
    const right = `${parts['hour'] ? text : `${text}T00:00:00`}${zoneText(here.zoneOffset(wall))}`
    return { reason: 'time-without-zone', params: { ...params, right } }
  }
  const at = wall - zone * 60_000
  return at < 0 ? { reason: 'time-impossible', params } : notLater({ at }, params, here)
}

/** Local time as if it were UTC; null if the calendar has no such moment. */
function wallOf(parts: Parts): number | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = [
    'year',
    'month',
    'day',
    'hour',
    'minute',
    'second',
  ].map((part) => Number(parts[part] ?? 0))
  const millisecond = Number((parts['fraction'] ?? '').padEnd(3, '0').slice(0, 3))
  const wall = new Date(Date.UTC(year, month - 1, day, hour, minute, second, millisecond))
  // The 30th of February would become the 2nd of March.
  const isReal =
    wall.getUTCMonth() === month - 1 && wall.getUTCDate() === day && wall.getUTCHours() === hour
  return isReal && minute < 60 && second < 60 ? wall.getTime() : null
}

/** Minutes ahead of UTC; null if no zone has this offset. */
function zoneOf(parts: Parts): number | 'none' | null {
  if (!parts['zone']) return 'none'
  const [hour, minute] = [Number(parts['zoneHour'] ?? 0), Number(parts['zoneMinute'] ?? 0)]
  if (hour > 14 || minute > 59) return null
  return (parts['sign'] === '-' ? -1 : 1) * (hour * 60 + minute)
}

function zoneText(minutes: number): string {
  const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  const digits = [hour, minute].map((part) => String(part).padStart(2, '0'))
  return `${minutes < 0 ? '-' : '+'}${digits.join(':')}`
}

function notLater(
  start: { readonly at: number },
  params: TimeProblem['params'],
  here: HereAndNow,
): StartTime | TimeProblem {
  return start.at > here.now ? { reason: 'time-future', params } : start
}
