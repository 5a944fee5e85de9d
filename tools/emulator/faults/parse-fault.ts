import { hasResponseError, isServed } from '../apis'
import { ErrorCode } from '../protocol/error-codes'
import { ERROR_SCOPES, type ErrorScope, type Fault, type FaultAction } from './fault'

/** The description of a fault is invalid; the message says why. */
export class FaultError extends Error {
  override readonly name = 'FaultError'
}

export type FaultDescription = Readonly<Partial<Record<string, unknown>>>

const KINDS = [
  'error',
  'delay',
  'late',
  'drop',
  'drip',
  'garble',
  'freeze',
  'close',
  'nonsense',
  'flood',
  'throttle',
] as const
const FIELDS = [
  ...['kind', 'api', 'clientId', 'times'],
  ...['error', 'scope', 'logstore', 'shard', 'ms', 'bytes', 'length'],
]
const MAX_MS = 3_600_000
const MIN_CODE = -32_768
const MAX_CODE = 32_767
const MIN_LENGTH = -(2 ** 31)
const MAX_LENGTH = 2 ** 31 - 1

/** To a Kafka client the first four bytes are a length of more than a gigabyte. */
const NO_KAFKA = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'

/** Makes a fault of its JSON form, as the control channel takes it. Throws FaultError. */
export function parseFault(description: FaultDescription): Fault {
  const unknown = Object.keys(description).find((name) => !FIELDS.includes(name))
  if (unknown !== undefined) throw new FaultError(`a fault has no "${unknown}"`)
  const { api, clientId, times } = description
  const apis = (Array.isArray(api) ? api : api === undefined ? [] : [api]).map(parseApi)
  return {
    action: parseAction(description, apis),
    apis,
    clientId: optionalText('clientId', clientId) ?? '',
    times: times === undefined ? Infinity : wholeNumber('times', times, Number.MAX_SAFE_INTEGER),
  }
}

/** The form of the command line: `delay,api=Fetch,ms=500`. Throws FaultError. */
export function parseFaultText(text: string): Fault {
  const [kind, ...fields] = text.split(',')
  const pairs = fields.map((field): [string, unknown] => {
    const [name = '', value = ''] = field.split(/=(.*)/s)
    return [name, /^-?\d+$/.test(value) ? Number(value) : value]
  })
  return parseFault({ kind, ...Object.fromEntries(pairs) })
}

function parseAction(description: FaultDescription, apis: readonly string[]): FaultAction {
  const kind = KINDS.find((candidate) => candidate === description['kind'])
  switch (kind) {
    case undefined:
      throw new FaultError(`a fault is of one of the kinds ${KINDS.join(', ')}`)
    case 'error':
      return {
        kind,
        error: parseError(description['error']),
        scope: parseScope(description, apis),
        logstore: optionalText('logstore', description['logstore']),
        shard:
          description['shard'] === undefined
            ? undefined
            : wholeNumber('shard', description['shard'], Number.MAX_SAFE_INTEGER),
      }
    case 'delay':
    case 'late':
    case 'throttle':
      return { kind, ms: wholeNumber('ms', description['ms'], MAX_MS) }
    case 'drip': {
      const { ms, bytes = 1 } = description
      return {
        kind,
        ms: wholeNumber('ms', ms, MAX_MS),
        bytes: Math.max(1, wholeNumber('bytes', bytes, MAX_LENGTH)),
      }
    }
    case 'nonsense': {
      const bytes = optionalText('bytes', description['bytes'])
      return { kind, bytes: bytes === undefined ? Buffer.from(NO_KAFKA) : fromBase64(bytes) }
    }
    case 'flood':
      return { kind, length: lengthOf(description['length']) }
    default:
      return { kind }
  }
}

function parseApi(name: unknown): string {
  if (isServed(name)) return name
  throw new FaultError(`"${String(name)}" is no API of this endpoint`)
}

/** An error of the response as a whole needs an API that has a field for it. */
function parseScope(
  { scope, logstore, shard }: FaultDescription,
  apis: readonly string[],
): ErrorScope | undefined {
  if (scope === undefined) return undefined
  const known = ERROR_SCOPES.find((candidate) => candidate === scope)
  if (!known) throw new FaultError(`"scope" of a fault is one of ${ERROR_SCOPES.join(', ')}`)
  if (known === 'shards') return known
  if (logstore !== undefined || shard !== undefined) {
    throw new FaultError('an error of the response has no logstore and no shard')
  }
  const without = apis.find((api) => !hasResponseError(api))
  if (without === undefined) return known
  throw new FaultError(`the response of ${without} has no error as a whole`)
}

/** A name, or any code: clients have to cope with codes that they do not know. */
function parseError(error: unknown): ErrorCode {
  const named = Object.entries(ErrorCode).find(([name]) => name === error)
  if (named) return named[1]
  if (Number.isInteger(error) && Number(error) >= MIN_CODE && Number(error) <= MAX_CODE) {
    return error as ErrorCode
  }
  throw new FaultError(`"${String(error)}" is neither the name nor the number of a Kafka error`)
}

function wholeNumber(field: string, value: unknown, max: number): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= max) {
    return Number(value)
  }
  throw new FaultError(`"${field}" of a fault is a whole number from 0 to ${max}`)
}

/** Also a negative one: clients have to cope with it. */
function lengthOf(value: unknown): number {
  if (Number.isInteger(value) && Number(value) >= MIN_LENGTH && Number(value) <= MAX_LENGTH) {
    return Number(value)
  }
  throw new FaultError(`"length" of a fault is a whole number from ${MIN_LENGTH} to ${MAX_LENGTH}`)
}

function optionalText(field: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw new FaultError(`"${field}" of a fault is a text`)
}

function fromBase64(text: string): Buffer {
  return Buffer.from(text, 'base64')
}
