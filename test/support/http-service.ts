import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Journal } from '../../tools/shared/node-red/journal'

export interface HttpRequest {
  /** Milliseconds since the process began. */
  readonly at: number
  readonly path: string
  readonly contentType: string | undefined
  readonly text: string
}

export interface HttpAnswer {
  readonly status: number
  readonly json: unknown
}

export interface HttpService {
  /** Without a slash at the end. */
  readonly url: string
  /** In the order of arrival, whatever they were answered. */
  readonly requests: readonly HttpRequest[]
  /** The first request that satisfies the predicate, present or future. */
  waitFor(predicate: (request: HttpRequest) => boolean, timeoutMs: number): Promise<HttpRequest>
  stop(): Promise<void>
}

/**
 * A service on loopback that flows send their requests to.
 *
 * @param answer undefined breaks the connection without an answer
 */
export async function startHttpService(
  answer: (request: HttpRequest) => HttpAnswer | undefined,
): Promise<HttpService> {
  const journal = new Journal<HttpRequest>()
  const server = createServer((request, response) => {
    const at = performance.now()
    const contentType = request.headers['content-type']
    const respond = (body: string): void => {
      const received = { at, path: request.url ?? '', contentType, text: body }
      const answered = answer(received)
      if (answered === undefined) {
        response.destroy()
      } else {
        response.writeHead(answered.status, { 'Content-Type': 'application/json' })
        response.end(JSON.stringify(answered.json))
      }
      journal.append(received)
    }
    // A request can be broken off when Node-RED ends.
    text(request).then(respond, () => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests: journal.entries,
    waitFor: (predicate, timeoutMs) =>
      journal.waitFor(
        predicate,
        timeoutMs,
        () => `a certain request; got ${JSON.stringify(journal.entries)}`,
      ),
    stop: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      journal.end(new Error('The service was stopped'))
    },
  }
}
