import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Append } from './endpoint'
import { feedBurst } from './feed'
import { burstLogs } from './logs/shop'

const HOST = '127.0.0.1'
const MAX_BURST = 100_000

export interface Buttons {
  readonly url: string
  stop(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly body: object
}

/**
 * What the buttons of the demo tab call: POST /burst?records=100000 writes that many records into
 * the logstore. It answers at once; one burst at a time.
 */
export async function startButtons(append: Append): Promise<Buttons> {
  const stopped = new AbortController()
  let bursts = 0
  let running: Promise<void> | null = null

  function startBurst(count: number): Answer {
    if (!Number.isInteger(count) || count < 1 || count > MAX_BURST) {
      return { status: 400, body: { error: `a burst has 1 to ${MAX_BURST} records` } }
    }
    if (running) return { status: 409, body: { error: `burst ${bursts} is still being written` } }
    bursts += 1
    const burst = { count, signal: stopped.signal }
    running = feedBurst(burstLogs(bursts), append, burst)
      // Without an endpoint there is no demo: it ends and says why.
      .catch(() => undefined)
      .finally(() => (running = null))
    return { status: 202, body: { burst: bursts, records: count } }
  }

  function answer({ method, url }: IncomingMessage): Answer {
    const { pathname, searchParams } = new URL(url ?? '/', `http://${HOST}`)
    if (method === 'POST' && pathname === '/burst') {
      return startBurst(Number(searchParams.get('records')))
    }
    return { status: 404, body: { error: `there is no ${method ?? ''} ${pathname}` } }
  }

  const server = createServer((request, response) => {
    send(response, answer(request))
  })
  server.listen(0, HOST)
  await once(server, 'listening')

  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    async stop() {
      stopped.abort()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await Promise.all([closed, running])
    },
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
