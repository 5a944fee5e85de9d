import type { NodeAPI } from 'node-red'
import { previewMessages, type PreviewedMessage } from '../../../lib/delivery/preview'
import { previewLogstore } from '../../../lib/kafka/latest-records'
import type { FilterResponse, PreviewResponse } from '../../shared/admin-responses'
import type { TypedProject } from '../../shared/runtime/typed-project'
import { orFailure, filterStatement, sessionOptions } from './dialog-queries'
import type { MessageSettings } from './preview-request'

const MAX_RECORDS = 5

/** Time for reading the records, after the connection was made. */
const TIMEOUT_MS = 5_000

/** Most characters of one text, as in the debug sidebar. */
const MAX_TEXT_CHARACTERS = 1_000
/** Most characters of a whole message. */
const MAX_MESSAGE_CHARACTERS = 131_072

/**
 * Reads the newest records and creates the messages that the flow would get. Joins no group and commits nothing.
 *
 * @returns the lines of the response: the filter of a virtual topic, if the service shows it, then a line for each
 * message
 */
export async function preview(
  RED: NodeAPI,
  typed: TypedProject,
  settings: MessageSettings,
  signal: AbortSignal,
): Promise<readonly object[]> {
  const [records, statement] = await Promise.all([
    orFailure(() =>
      previewLogstore(sessionOptions(typed), { count: MAX_RECORDS, timeoutMs: TIMEOUT_MS }, signal),
    ),
    filterStatement(typed, signal),
  ])
  const filter: FilterResponse[] = statement === null ? [] : [{ filter: statement }]
  if ('failure' in records) return [...filter, records]
  const { options: project, logstore, group } = typed
  const messages = previewMessages(records, { ...settings, project, logstore, group })
  return [...filter, ...messages.map((previewed) => encoded(RED, previewed))]
}

/** Encodes a message as for the debug sidebar, whose functions the dialog uses to show the message. */
function encoded(RED: NodeAPI, { message, error }: PreviewedMessage): PreviewResponse {
  const { partition, offset } = message
  const problem = error && { problem: error.code }
  const { msg, format } = (RED.util as unknown as Encoder).encodeObject(
    { msg: message },
    { maxLength: MAX_TEXT_CHARACTERS },
  )
  const shown = msg.length > MAX_MESSAGE_CHARACTERS ? null : { msg, format }
  return { partition, offset, shown, ...problem }
}

/** The part of `RED.util` that is missing in the published types. */
interface Encoder {
  encodeObject(
    message: { msg: object },
    options: { maxLength: number },
  ): { msg: string; format: string }
}
