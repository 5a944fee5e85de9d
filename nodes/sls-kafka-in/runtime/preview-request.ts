import { CONSUMER_DEFAULTS, CONSUMER_RANGES } from '../../../lib/config/consumer-defaults'
import { COMMIT, EMIT } from '../../../lib/config/choices'
import { oneOf, wholeNumber } from '../../../lib/config/fields'
import { FORMATS, type Format } from '../../../lib/sls/formats'
import { parseProjectRequest, type ProjectRequest } from '../../shared/runtime/admin-request'

/** The settings of an `sls in` on which its messages depend. */
export interface MessageSettings {
  readonly format: Format
  /** Records in a message batch; null for single records. */
  readonly batchSize: number | null
  readonly isAcknowledged: boolean
}

/** The body of `POST /sls-kafka-in/preview`. */
export interface PreviewRequest extends ProjectRequest {
  readonly settings: MessageSettings
}

const RULES = {
  format: oneOf(FORMATS),
  emit: oneOf(EMIT),
  batchSize: wholeNumber(CONSUMER_RANGES.batchSize),
  commit: oneOf(COMMIT),
}

/** Parses a request body. Returns null for anything that the edit dialog does not send. */
export function parsePreviewRequest(body: unknown): PreviewRequest | null {
  if (typeof body !== 'object' || body === null) return null
  const { format, emit, batchSize, commit, ...project } = body as Record<string, unknown>
  const request = parseProjectRequest(project)
  const settings = { format, emit, batchSize, commit }
  return request && areValid(settings) ? { ...request, settings: compiled(settings) } : null
}

type Texts = Readonly<Record<keyof typeof RULES, string>>

function areValid(settings: Readonly<Record<keyof Texts, unknown>>): settings is Texts {
  return Object.entries(RULES).every(([field, rule]) => {
    const value = settings[field as keyof Texts]
    return typeof value === 'string' && rule(field, value) === null
  })
}

function compiled({ format, emit, batchSize, commit }: Texts): MessageSettings {
  return {
    format: (format === '' ? CONSUMER_DEFAULTS.format : format) as Format,
    batchSize: emit === 'batch' ? Number(batchSize) || CONSUMER_DEFAULTS.batchSize : null,
    isAcknowledged: commit === 'onAck',
  }
}
