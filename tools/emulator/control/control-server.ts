import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Emulator } from '../emulator'
import { FaultError } from '../faults/parse-fault'
import { LogstoreError } from '../store/logstore'
import { ControlError } from './checks'
import { handleControl } from './routes'

/** The control port listens on this machine only, because it has no login. */
const HOST = '127.0.0.1'
/** Enough for 100,000 logs of 2 KiB at once. */
const MAX_BODY_BYTES = 256 * 1024 * 1024

/** HTTP with JSON, for tests and the demo; the routes are in `routes.ts`. */
export class ControlServer {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** Rejects with the system's error. Port 0: any. */
  static async start(emulator: Emulator, port: number): Promise<ControlServer> {
    const server = createServer((request, response) => {
      void answer(emulator, request, response)
    })
    server.listen(port, HOST)
    await once(server, 'listening')
    return new ControlServer(server)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}

async function answer(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { pathname, searchParams } = new URL(request.url ?? '/', `http://${HOST}`)
    const result = await handleControl(emulator, {
      method: request.method ?? 'GET',
      path: pathname.split('/').filter(Boolean).map(decodeURIComponent),
      query: searchParams,
      body: await readJson(request),
    })
    send(response, 200, result)
  } catch (error) {
    const status = statusOf(error)
    send(response, status, { error: error instanceof Error ? error.message : String(error) })
    if (status === 500) emulator.options.log(`control request failed: ${String(error)}`)
  }
}

function statusOf(error: unknown): number {
  if (error instanceof ControlError) return error.status
  return error instanceof LogstoreError || error instanceof FaultError ? 400 : 500
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new ControlError('the body is too large', 413)
    chunks.push(chunk)
  }
  if (bytes === 0) return undefined
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new ControlError('the body is not JSON')
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(body)}\n`)
}
