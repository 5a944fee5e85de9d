import { isAbsent } from '../config/fields'
import type { Problem } from '../config/problem'
import { parseTime, timeOf, type HereAndNow } from '../config/time'
import { displayText, timeOfDate } from '../text'
import { COMMAND_ACTIONS, type CommandAction } from './command-actions'
import type { SeekTarget } from '../delivery/seek'
import type { ShardSelection } from './command-executor'

/** A command of the user to one consumer. */
export type Command =
  | { readonly action: 'status' }
  | { readonly action: Exclude<CommandAction, 'seek' | 'status'>; readonly shards: ShardSelection }
  | { readonly action: 'seek'; readonly shards: ShardSelection; readonly target: SeekTarget }

/** The properties of a message that make a command. */
export interface CommandFields {
  readonly action: unknown
  /** A shard or a list of shards; all own shards if absent. */
  readonly partition?: unknown
  /** Decimal digits, a BigInt, `earliest` or `latest`. */
  readonly offset?: unknown
  /** A time as `parseTime` takes it, or a Date. */
  readonly timestamp?: unknown
}

const WHOLE_NUMBER = /^\d+$/

/**
 * The command fields of a message. A numeric time in a message of an `sls-kafka-in` node is the record's own,
 * so the offset is the position to seek. A time that is not a number was set by the flow.
 */
export function commandFieldsOf(message: object, action: unknown): CommandFields {
  const { partition, offset, timestamp, kafka } = message as Readonly<Record<string, unknown>>
  const isOfRecord = isRecordMetadata(kafka) && !isAbsent(offset) && typeof timestamp === 'number'
  return { action, partition, offset, timestamp: isOfRecord ? undefined : timestamp }
}

function isRecordMetadata(kafka: unknown): boolean {
  const { project, group, attempt } = Object(kafka) as Readonly<Record<string, unknown>>
  return typeof project === 'string' && typeof group === 'string' && typeof attempt === 'number'
}

/** Parses the command of a message. @returns the command, or the problem of the message */
export function parseCommand(fields: CommandFields, here: HereAndNow): Command | Problem {
  const action = COMMAND_ACTIONS.find((known) => known === fields.action)
  if (!action) {
    const params = { value: displayText(fields.action), choices: COMMAND_ACTIONS.join(', ') }
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

function shardsOf(value: unknown): ShardSelection | Problem {
  if (isAbsent(value)) return null
  const shards = [value].flat().map((one) => Number(wholeNumber(one) ?? NaN))
  if (shards.length > 0 && shards.every(Number.isSafeInteger)) return [...new Set(shards)]
  return { field: 'msg-partition', reason: 'shard', params: { value: displayText(value) } }
}

function targetOf({ offset, timestamp }: CommandFields, here: HereAndNow): SeekTarget | Problem {
  const [hasOffset, hasTime] = [!isAbsent(offset), !isAbsent(timestamp)]
  if (hasOffset && hasTime) return { field: 'msg-offset', reason: 'two-positions' }
  if (hasOffset) return offsetTarget(offset)
  if (hasTime) return timeTarget(timestamp, here)
  return { field: 'msg-offset', reason: 'no-position' }
}

function offsetTarget(value: unknown): SeekTarget | Problem {
  if (value === 'earliest' || value === 'latest') return { edge: value }
  // A number above 2^53 is not exact, and could name another record.
  const isExact = typeof value !== 'number' || Number.isSafeInteger(value)
  const digits = wholeNumber(typeof value === 'bigint' ? String(value) : value)
  if (digits !== null && isExact) return { offset: BigInt(digits) }
  return { field: 'msg-offset', reason: 'offset', params: { value: displayText(value) } }
}

function timeTarget(value: unknown, here: HereAndNow): SeekTarget | Problem {
  const digits = typeof value === 'string' ? wholeNumber(value) : null
  const time = timeOfDate(value) ?? (digits === null ? value : Number(digits))
  if (typeof time !== 'string' && typeof time !== 'number') {
    return { field: 'msg-timestamp', reason: 'time', params: { value: displayText(value) } }
  }
  const parsed = parseTime(time, here)
  if ('reason' in parsed) {
    const params = { ...parsed.params, value: displayText(value) }
    return { field: 'msg-timestamp', ...parsed, params }
  }
  return { time: timeOf(parsed, here.now) }
}

/** The digits of a whole number; null for any other value. */
function wholeNumber(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const text = String(value).trim()
  return WHOLE_NUMBER.test(text) ? text : null
}
