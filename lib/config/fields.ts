import { fieldNameProblem } from '../sls/log-rules'
import { isLogstoreName, isProjectName, isVirtualTopicName } from '../sls/names'
import { isHost, isPort, parseBootstrap, parseEndpoint } from '../sls/endpoint'
import { misspeltRegion } from '../sls/regions'
import { displayText } from '../text'
import { CONSUMER_RANGES } from './consumer-defaults'
import type { Problem } from './problem'
import { hereAndNow, parseTime } from './time'

/**
 * A rule of one setting, shared by the runtime and the edit dialogs. Returns null or the problem.
 *
 * Node-RED replaces a value that is wholly `${NAME}` before a node starts. At run time such a value names an
 * unset variable; the dialog accepts it.
 */
export type Rule = (field: string, value: string) => Problem | null

/** Settings whose values must not appear in any text. */
const SECRETS: readonly string[] = ['accessKeyId', 'accessKeySecret']

const VARIABLE = /^\$\{([^\s{}]+)\}$|^\$\(([^\s()]+)\)$/

/** Whether a text is wholly a variable: `${NAME}` or `$(NAME)`. */
export function isVariable(value: string): boolean {
  return VARIABLE.test(value)
}

/** `NAME` of `${NAME}`; null for any other value. */
export function variableName(value: string): string | null {
  const match = VARIABLE.exec(value)
  return match?.[1] ?? match?.[2] ?? null
}

function variableProblem(field: string, value: unknown): Problem | null {
  const variable = typeof value === 'string' ? variableName(value) : null
  return variable === null ? null : { field, reason: 'variable-not-set', params: { variable } }
}

/** Requires a value. */
export const present: Rule = (field, value) => (value === '' ? { field, reason: 'missing' } : null)

export const projectName: Rule = (field, value) =>
  present(field, value) ?? (isProjectName(value) ? null : named(field, 'project-name', value))

export const logstoreName: Rule = (field, value) =>
  present(field, value) ?? (isLogstoreName(value) ? null : named(field, 'logstore-name', value))

/** A virtual topic is a filter in SPL: nothing can be written there. */
export const writableLogstore: Rule = (field, value) =>
  isVirtualTopicName(value) ? named(field, 'virtual-topic', value) : logstoreName(field, value)

/** The name of a field of SLS; empty for the default. */
export const fieldName: Rule = (field, value) =>
  value === '' || fieldNameProblem(value) === null ? null : named(field, 'field-name', value)

/** Requires a valid endpoint. @param bootstrap if not empty, the endpoint is optional */
export function endpointBeside(bootstrap: string): Rule {
  return (field, value) => {
    if (value === '' && bootstrap !== '') return null
    return present(field, value) ?? (parseEndpoint(value) ? null : named(field, 'endpoint', value))
  }
}

/**
 * Reports an endpoint whose region differs from a known region by one edit. Only the edit dialog has this rule. The
 * runtime accepts the region, because Alibaba adds regions, and shows the same hint if the host does not resolve.
 */
export const regionSpelling: Rule = (field, value) => {
  const found = misspeltRegion(parseEndpoint(value)?.host ?? '')
  if (found?.edits !== 1) return null
  return { field, reason: 'region', params: { value: found.region, right: found.right } }
}

export const bootstrap: Rule = (field, value) =>
  value === '' || parseBootstrap(value) ? null : named(field, 'bootstrap', value)

/** The name in a certificate: a host or an IP address without a port, or empty. */
export const serverName: Rule = (field, value) =>
  value === '' || isHost(value) ? null : named(field, 'server-name', value)

export const port: Rule = (field, value) =>
  value === '' || isPort(Number(value)) ? null : outOfRange(field, value, { min: 1, max: 65535 })

export interface Range {
  readonly min: number
  readonly max: number
}

/** A whole number within the range; an empty value means the default. */
export function wholeNumber(range: Range): Rule {
  return (field, value) => {
    if (value === '') return null
    const number = Number(value)
    const fits = Number.isInteger(number) && number >= range.min && number <= range.max
    return fits ? null : outOfRange(field, value, range)
  }
}

/** The settings, as texts, that limit a batch size. */
export interface BesideBatchSize {
  readonly emit: string
  readonly commit: string
  readonly maxInFlight: string
}

/**
 * Requires a batch size of at most `maxInFlight`, because a larger batch would never be complete. An empty
 * `maxInFlight` is no limit: its default grows with the batch size.
 */
export function batchSizeBeside({ emit, commit, maxInFlight }: BesideBatchSize): Rule {
  return (field, value) => {
    const problem = wholeNumber(CONSUMER_RANGES.batchSize)(field, value)
    if (problem || emit !== 'batch' || commit !== 'onAck') return problem
    // A variable or an invalid text is NaN here, which limits nothing.
    const max = Number(maxInFlight)
    return maxInFlight !== '' && Number(value) > max
      ? { field, reason: 'batch-over-in-flight', params: { value, max } }
      : null
  }
}

/** Requires a valid time if `startFrom` is `time`. @param startFrom the setting, as text */
export function startTimeBeside(startFrom: string): Rule {
  return (field, value) => {
    if (startFrom !== 'time') return null
    const time = value === '' ? { reason: 'missing' as const } : parseTime(value, hereAndNow())
    return 'reason' in time ? { field, ...time } : null
  }
}

/** Requires one of the choices; an empty value means the default. */
export function oneOf(choices: readonly string[]): Rule {
  return (field, value) =>
    value === '' || choices.includes(value)
      ? null
      : { field, reason: 'choice', params: { value, choices: choices.join(', ') } }
}

function named(field: string, reason: Problem['reason'], value: string): Problem {
  return { field, reason, params: { value } }
}

function outOfRange(field: string, value: string, range: Range): Problem {
  return { field, reason: 'number', params: { value, min: range.min, max: range.max } }
}

/**
 * Returns all problems: variables that are not set, then values that break their rule.
 *
 * @param settings as Node-RED passes them
 */
export function problemsOf(
  settings: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, Rule>>,
): Problem[] {
  const entries = Object.entries(settings)
  const unset = entries.map(([field, value]) => variableProblem(field, value))
  const broken = entries.map(([field, value]) => problemOf(field, value, rules[field]))
  return [...unset, ...broken].filter((problem) => problem !== null)
}

/** The problem of one saved setting, or null. A variable is accepted, because its value is not known yet. */
export function problemOf(field: string, value: unknown, rule: Rule | undefined): Problem | null {
  const problem = shapeProblem(field, value)
  const text = textOf(value)
  return problem ?? (isVariable(text) ? null : (rule?.(field, text) ?? null))
}

/** Only null, undefined and empty text are absent: a hand-written list or object is a mistake. */
function shapeProblem(field: string, value: unknown): Problem | null {
  if (!isAbsent(value) && typeof value !== 'string' && typeof value !== 'number') {
    const text = SECRETS.includes(field) ? typeof value : displayText(value)
    return { field, reason: 'not-text', params: { value: text } }
  }
  // Node-RED does not replace a variable inside a longer text, and white space makes a text longer.
  const isInText = typeof value === 'string' && value.includes('${') && !isVariable(value)
  return isInText ? { field, reason: 'variable-in-text' } : null
}

/** Whether a setting has no value. */
export function isAbsent(value: unknown): value is null | undefined | '' {
  return value === undefined || value === null || value === ''
}

/** The trimmed text of a setting; empty if the setting is absent. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : ''
}

/** Turns the boolean of a checkbox into text. A variable gives text or a number already. */
export function switchText(value: unknown): unknown {
  return typeof value === 'boolean' ? String(value) : value
}
