/** The request makes no sense; the message says why. */
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
  throw new ControlError(`${name} has to be a whole number`)
}

export function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw new ControlError(`${name} has to be a text`)
}

/** `undefined` where there is no value. */
export function optional<Value>(
  check: (name: string, value: unknown) => Value,
  name: string,
  value: unknown,
): Value | undefined {
  return value === undefined ? undefined : check(name, value)
}

/** A whole number in the query; `undefined` without it. */
export function queryNumber(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  if (value === null) return undefined
  return wholeNumber(name, value === '' ? undefined : Number(value))
}
