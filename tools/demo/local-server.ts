import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { quietPort, untilFree } from './port'

const HOST = '127.0.0.1'

export interface LocalRequest {
  readonly method: string
  readonly path: readonly string[]
  readonly query: URLSearchParams
  /** Aborts when the client has closed the connection. */
  readonly signal: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly body: object
}

export type Handler = (request: LocalRequest) => Answer | Promise<Answer>

/** HTTP with answers of JSON, for this machine alone; it can be closed and opened again. */
export class LocalServer {
  readonly #handler: Handler
  #server: Server | undefined
  readonly #port: number
  #lastStep = Promise.resolve()

  private constructor(handler: Handler, port: number) {
    this.#handler = handler
    this.#port = port
  }

  /** On any free port. */
  static async start(handler: Handler): Promise<LocalServer> {
    const server = new LocalServer(handler, await quietPort())
    await server.open()
    return server
  }

  get url(): string {
    return `http://${HOST}:${this.#port}`
  }

  get isOpen(): boolean {
    return this.#server !== undefined
  }

  /** Listens, on the same port as before. */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#server) return
      const server = createServer((request, response) => {
        void this.#respond(request, response)
      })
      await untilFree(async () => {
        server.listen(this.#port, HOST)
        await once(server, 'listening')
      })
      this.#server = server
    })
  }

  /** Drops all connections, and refuses new ones. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      const server = this.#server
      if (!server) return
      this.#server = undefined
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    })
  }

  /** Runs the steps one after the other: the user can press "up" twice, or "down" during the start. */
  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#lastStep.then(step)
    this.#lastStep = done.catch(() => undefined)
    return done
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController()
    response.once('close', () => {
      gone.abort()
    })
    request.resume() // what the requests say stands in their addresses
    try {
      const { pathname, searchParams } = new URL(request.url ?? '/', `http://${HOST}`)
      const { status, body } = await this.#handler({
        method: request.method ?? '',
        path: pathname.split('/').filter(Boolean).map(decodeURIComponent),
        query: searchParams,
        signal: gone.signal,
      })
      send(response, status, body)
    } catch (error) {
      // The client has closed the connection.
      if (gone.signal.aborted) return
      send(response, 500, { error: error instanceof Error ? error.message : String(error) })
    }
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
