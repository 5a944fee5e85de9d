import { createHmac } from 'node:crypto'
import { startHttpService, type HttpRequest } from '../../support/http-service'

export interface ChatMessage {
  /** Milliseconds since the process began. */
  readonly at: number
  readonly contentType: string | undefined
  readonly body: unknown
}

/** What DingTalk returns for a message whose signature it refuses. */
const REFUSED = { errcode: 310000, errmsg: 'sign not match' }
const ACCEPTED = { errcode: 0, errmsg: 'ok' }

/** How far DingTalk lets the timestamp of a message be from its own clock. */
const CLOCK_TOLERANCE_MS = 3_600_000

export interface ChatRobot {
  readonly url: string
  readonly messages: readonly ChatMessage[]
  /** The first message that satisfies the predicate, present or future. */
  waitFor(predicate: (message: ChatMessage) => boolean, timeoutMs: number): Promise<ChatMessage>
  stop(): Promise<void>
}

/**
 * The incoming webhook of a chat robot, on loopback.
 *
 * @param secret of a DingTalk robot, which refuses messages that are not signed with it
 */
export async function startChatRobot(secret?: string): Promise<ChatRobot> {
  const service = await startHttpService(({ path }) => ({
    status: 200,
    json: secret === undefined || isSigned(path, secret) ? ACCEPTED : REFUSED,
  }))
  return {
    url: `${service.url}/robot/send?access_token=secret`,
    get messages() {
      return service.requests.map(messageOf)
    },
    waitFor: async (predicate, timeoutMs) =>
      messageOf(await service.waitFor((request) => predicate(messageOf(request)), timeoutMs)),
    stop: () => service.stop(),
  }
}

function messageOf({ at, contentType, text }: HttpRequest): ChatMessage {
  return { at, contentType, body: JSON.parse(text) as unknown }
}

/** Whether the address has a recent timestamp and its signature, encoded as an address must be. */
function isSigned(path: string, secret: string): boolean {
  const [, timestamp = '', sign = ''] = /&timestamp=(\d{13})&sign=([\w.~%-]+)$/.exec(path) ?? []
  const expected = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64')
  const isRecent = Math.abs(Date.now() - Number(timestamp)) <= CLOCK_TOLERANCE_MS
  return isRecent && decodeURIComponent(sign) === expected
}
