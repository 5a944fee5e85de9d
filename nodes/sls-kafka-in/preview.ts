import type { NodeAPI } from 'node-red'
import { previewMessages, type PreviewedMessage } from '../../lib/delivery/preview'
import { peekLogstore } from '../../lib/kafka/peek'
import type { FilterAnswer, PreviewAnswer } from '../common/admin-answers'
import type { TypedProject } from '../common/typed-project'
import { answered, filterStatement, sessionOptions } from './look-up'
import type { MessageSettings } from './preview-request'

/** Records, at most. */
const COUNT = 5

/** Milliseconds for reading, once connected. */
const TIMEOUT = 5_000

/** Characters of one text, as in the debug sidebar, and of a whole message. */
const MAX_TEXT = 1_000
const MAX_MESSAGE = 131_072

/**
 * The messages that the flow would get for the newest records: read without a group, so that nothing
 * is joined and nothing committed. In front of them the filter of a virtual topic, if the service shows it.
 *
 * @returns a line for each; none of an empty logstore
 */
export async function preview(
  RED: NodeAPI,
  typed: TypedProject,
  settings: MessageSettings,
  signal: AbortSignal,
): Promise<readonly object[]> {
  const [records, statement] = await Promise.all([
    answered(() => peekLogstore(sessionOptions(typed), { count: COUNT, timeout: TIMEOUT }, signal)),
    filterStatement(typed, signal),
  ])
  const filter: FilterAnswer[] = statement === null ? [] : [{ filter: statement }]
  if ('failure' in records) return [...filter, records]
  const { options: project, logstore, group } = typed
  const messages = previewMessages(records, { ...settings, project, logstore, group })
  return [...filter, ...messages.map((previewed) => encoded(RED, previewed))]
}

/** As the debug sidebar gets it, so that the dialog can show it in the same way. */
function encoded(RED: NodeAPI, { message, error }: PreviewedMessage): PreviewAnswer {
  const { partition, offset } = message
  const problem = error && { problem: error.code }
  // The runtime gives one to a message without.
  const whole = { ...message, _msgid: message._msgid ?? RED.util.generateId() }
  const { msg, format } = (RED.util as unknown as Encoder).encodeObject(
    { msg: whole },
    { maxLength: MAX_TEXT },
  )
  const shown = msg.length > MAX_MESSAGE ? null : { msg, format }
  return { partition, offset, shown, ...problem }
}

/** Missing in the published types. */
interface Encoder {
  encodeObject(
    message: { msg: object },
    options: { maxLength: number },
  ): { msg: string; format: string }
}
