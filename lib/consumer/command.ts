import type { Problem } from '../options/problem'
import { parseTime, timeOf, type HereAndNow } from '../options/time'
import type { SeekTarget } from './seek'
import type { Shards } from './steering'

export const ACTIONS = ['pause', 'resume', 'stop', 'start', 'seek', 'skip', 'status'] as const
export type Action = (typeof ACTIONS)[number]

/** What a user wants of a consumer. */
export type Command =
  | { readonly action: 'status' }
  | { readonly action: Exclude<Action, 'seek' | 'status'>; readonly shards: Shards }
  | { readonly action: 'seek'; readonly shards: Shards; readonly target: SeekTarget }

/** The properties of a message that say so. */
export interface CommandFields {
  readonly action: unknown
  /** A shard or a list of shards; nothing is all that are read. */
  readonly partition?: unknown
  /** Decimal digits, `earliest` or `latest`. */
  readonly offset?: unknown
  /** A time as `parseTime` takes it. */
  readonly timestamp?: unknown
}

const WHOLE_NUMBER = /^\d+$/

/** @returns the command, or what is wrong with the message */
export function parseCommand(fields: CommandFields, here: HereAndNow): Command | Problem {
  const action = ACTIONS.find((known) => known === fields.action)
  if (!action) {
    const params = { value: textOf(fields.action), choices: ACTIONS.join(', ') }
    return { field: 'msg-action', reason: 'choice', params }
  }
  if (action === 'status') return { action }
  const shards = shardsOf(fields.partition)
  if (shards !== null && 'reason' in shards) return shards
  if (action !== 'seek') {
    const isTooMuch = action === 'stop' && shards !== null
    return isTooMuch ? { field: 'msg-partition', reason: 'whole-node' } : { action, shards }
  }
  const target = targetOf(fields, here)
  return 'reason' in target ? target : { action, shards, target }
}

function shardsOf(value: unknown): Shards | Problem {
  if (isMissing(value)) return null
  const shards = [value].flat().map((one) => (isWholeNumber(one) ? Number(one) : NaN))
  if (shards.length > 0 && shards.every(Number.isSafeInteger)) return [...new Set(shards)]
  return { field: 'msg-partition', reason: 'shard', params: { value: textOf(value) } }
}

function targetOf({ offset, timestamp }: CommandFields, here: HereAndNow): SeekTarget | Problem {
  const [hasOffset, hasTime] = [!isMissing(offset), !isMissing(timestamp)]
  if (hasOffset && hasTime) return { field: 'msg-offset', reason: 'two-positions' }
  if (hasOffset) return offsetTarget(offset)
  if (hasTime) return timeTarget(timestamp, here)
  return { field: 'msg-offset', reason: 'no-position' }
}

function offsetTarget(value: unknown): SeekTarget | Problem {
  if (value === 'earliest' || value === 'latest') return { edge: value }
  // A number above 2^53 is another one than what was meant.
  const isExact = typeof value !== 'number' || Number.isSafeInteger(value)
  if (isWholeNumber(value) && isExact) return { offset: BigInt(String(value).trim()) }
  return { field: 'msg-offset', reason: 'offset', params: { value: textOf(value) } }
}

function timeTarget(value: unknown, here: HereAndNow): SeekTarget | Problem {
  const time = typeof value === 'string' && isWholeNumber(value) ? Number(value) : value
  if (typeof time !== 'string' && typeof time !== 'number') {
    return { field: 'msg-timestamp', reason: 'time', params: { value: textOf(value) } }
  }
  const parsed = parseTime(time, here)
  if ('reason' in parsed) return { field: 'msg-timestamp', ...parsed }
  return { time: timeOf(parsed, here.now) }
}

function isWholeNumber(value: unknown): boolean {
  return (
    (typeof value === 'string' || typeof value === 'number') && WHOLE_NUMBER.test(textOf(value))
  )
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

function textOf(value: unknown): string {
  const isText = typeof value === 'string' || typeof value === 'number'
  return isText ? String(value).trim() : JSON.stringify(value)
}
