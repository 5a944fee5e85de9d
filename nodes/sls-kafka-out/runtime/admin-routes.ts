import type { NodeAPI } from 'node-red'
import { systemClock } from '../../../lib/clock'
import { SlsKafkaError } from '../../../lib/errors'
import { logOf } from '../../../lib/writer/log-record'
import type { LogPreviewResponse } from '../../shared/admin-responses'
import { adminPost } from '../../shared/runtime/admin-route'
import { RequestLimit } from '../../shared/runtime/request-limit'
import { parseLogPreview, type LogPreviewRequest } from './preview-request'

/** The dialog sends a request whenever a field changes. */
const PREVIEWS_PER_MINUTE = 120
/** Most logs of one preview. */
const MAX_LOGS = 5

/** Adds the HTTP route of the preview in the dialog of an `sls out`. Nothing is written. */
export function addAdminRoutes(RED: NodeAPI): void {
  adminPost(RED, {
    path: '/sls-kafka-out/preview',
    permission: 'sls-kafka-out.write',
    limit: new RequestLimit(systemClock, PREVIEWS_PER_MINUTE),
    parse: parseLogPreview,
    respond: (request, write) => {
      const { payload } = request
      const values: readonly unknown[] = Array.isArray(payload) ? payload : [payload]
      for (const value of values.slice(0, MAX_LOGS)) write(previewOf(value, request))
      return Promise.resolve(undefined)
    },
  })
}

/** The fields of the log that one value becomes, as SLS stores them. */
function previewOf(value: unknown, { format, field }: LogPreviewRequest): LogPreviewResponse {
  try {
    const { record, bytes } = logOf(value, 0, { logstore: '', format, field })
    const text = String(record.value)
    const fields =
      record.key === null
        ? (JSON.parse(text) as Record<string, string>)
        : { [String(record.key)]: text }
    return { fields, bytes }
  } catch (error) {
    if (!(error instanceof SlsKafkaError)) throw error
    return { problem: { code: error.code, params: { ...error.params, written: 0, count: 1 } } }
  }
}
