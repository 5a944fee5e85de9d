import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Journal } from '../../support/node-red/journal'

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
  const journal = new Journal<ChatMessage>()
  const server = createServer((request, response) => {
    const at = performance.now()
    const answer = (body: string): void => {
      const contentType = request.headers['content-type']
      response.setHeader('Content-Type', 'application/json')
      response.end('{"errcode":0,"errmsg":"ok"}')
      journal.append({ at, contentType, body: JSON.parse(body) as unknown })
    }
    // A request can be broken off when Node-RED ends.
    text(request).then(answer, () => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/robot/send?access_token=secret`,
    messages: journal.entries,
    waitFor: (predicate, timeoutMs) =>
      journal.waitFor(
        predicate,
        timeoutMs,
        () => `a certain message; got ${JSON.stringify(journal.entries)}`,
      ),
    stop: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      journal.end(new Error('The robot was stopped'))
    },
  }
}
