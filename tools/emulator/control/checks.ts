/** The request is invalid; the message says why. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly status: number

  constructor(message: string, status = 400) {
    super(message)
    this.status = status
  }
}

export type JsonObject = Partial<Record<string, unknown>>

export function objectOf(value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ControlError('expected a JSON object')
  }
  return value
}

export function wholeNumber(name: string, value: unknown): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value)
  throw new ControlError(`${name} must be a whole number`)
}

export function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw new ControlError(`${name} must be a text`)
}

/** Returns undefined if there is no value. */
export function optional<Value>(
  check: (name: string, value: unknown) => Value,
  name: string,
  value: unknown,
): Value | undefined {
  return value === undefined ? undefined : check(name, value)
}

/** A whole number in the query; undefined if the query has no such parameter. */
export function queryNumber(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  if (value === null) return undefined
  return wholeNumber(name, value === '' ? undefined : Number(value))
}
