import { WRITE_FORMAT } from '../../../lib/config/choices'
import { fieldName, oneOf } from '../../../lib/config/fields'
import { WRITER_DEFAULTS } from '../../../lib/config/writer-defaults'
import type { WriteFormat } from '../../../lib/config/writer-options'
import { MAX_FIELD_CHARACTERS } from '../../shared/runtime/admin-request'

/** The body of `POST /sls-kafka-out/preview`. */
export interface LogPreviewRequest {
  readonly format: WriteFormat
  readonly field: string
  /** A value as it would be in `msg.payload`. */
  readonly payload: unknown
}

const MAX_PAYLOAD_CHARACTERS = 4_096

/** Parses a request body. Returns null for anything that the edit dialog does not send. */
export function parseLogPreview(body: unknown): LogPreviewRequest | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null
  const { format, field, payload, ...rest } = body as Record<string, unknown>
  if (Object.keys(rest).length > 0 || !isText(format) || !isText(field)) return null
  if (oneOf(WRITE_FORMAT)('format', format) !== null) return null
  if (fieldName('field', field) !== null) return null
  if (payload === undefined || JSON.stringify(payload).length > MAX_PAYLOAD_CHARACTERS) return null
  return { format: (format || WRITER_DEFAULTS.format) as WriteFormat, field, payload }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_FIELD_CHARACTERS
}
