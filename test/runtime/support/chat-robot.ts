import { startHttpService, type HttpRequest } from '../../support/http-service'

export interface ChatMessage {
  /** Milliseconds since the process began. */
  readonly at: number
  readonly contentType: string | undefined
  readonly body: unknown
}

export interface ChatRobot {
  readonly url: string
  readonly messages: readonly ChatMessage[]
  /** The first message that satisfies the predicate, present or future. */
  waitFor(predicate: (message: ChatMessage) => boolean, timeoutMs: number): Promise<ChatMessage>
  stop(): Promise<void>
}

/** The incoming webhook of a chat robot, on loopback. */
export async function startChatRobot(): Promise<ChatRobot> {
  const service = await startHttpService(() => ({
    status: 200,
    json: { errcode: 0, errmsg: 'ok' },
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
