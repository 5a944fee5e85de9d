import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NodeAPI } from 'node-red'
import type { RefusalResponse, RefusalCode } from '../admin-responses'
import { MAX_REQUEST_CHARACTERS } from './admin-request'
import { foreignOrigin } from './foreign-origin'
import type { RequestLimit } from './request-limit'

/** An admin endpoint for `adminPost`, which checks permission, origin, size and rate. */
export interface AdminRoute<Request> {
  /** Relative to the admin root. */
  readonly path: string
  /** Users with full access have every permission. Users with read access have no permission with `.write`. */
  readonly permission: `${string}.write`
  readonly limit: RequestLimit
  /** Most characters of a request. Default: enough for the fields of a project. */
  readonly maxCharacters?: number
  /** Parses a request body. @returns null for an invalid body */
  parse(body: unknown): Request | null
  /**
   * Writes the lines of the response, each as soon as it is known.
   *
   * @param signal aborts when the client closes the connection
   * @returns the refusal, if nothing was written
   */
  respond(
    request: Request,
    write: (line: object) => void,
    signal: AbortSignal,
  ): Promise<RefusalResponse | undefined>
}

type Incoming = IncomingMessage & {
  readonly body?: unknown
  readonly query: Readonly<Record<string, unknown>>
  /** Set by Node-RED if `adminAuth` is configured. */
  readonly user?: { readonly anonymous?: boolean } | undefined
}

type Handler = (request: Incoming, response: ServerResponse, next: () => void) => void

/** The properties of settings.js that control access. */
interface Settings {
  readonly adminAuth?: unknown
  readonly slsKafka?: { readonly allowedOrigins?: unknown }
}

const STATUS: Partial<Record<RefusalCode, number>> = {
  'foreign-origin': 403,
  'request-too-large': 413,
  busy: 429,
  'too-many': 429,
  failed: 500,
}

/** Adds a POST endpoint. Permission, origin, size and rate are checked before the route runs. */
export function adminPost<Request>(RED: NodeAPI, route: AdminRoute<Request>): void {
  const handler: Handler = (request, response) => {
    void handle(route, request, response).catch(() => {
      // The error is not sent, because it can contain a secret.
      refuse(response, { refusal: 'failed' })
    })
  }
  const { path, permission } = route
  RED.httpAdmin.post(path, RED.auth.needsPermission(permission), ownPages(RED), handler)
}

/** Adds a GET endpoint, which changes nothing. Permission and origin are checked before `handler` runs. */
export function adminGet(
  RED: NodeAPI,
  path: string,
  permission: `${string}.read`,
  handler: (request: Incoming, response: ServerResponse) => void,
): void {
  RED.httpAdmin.get(path, RED.auth.needsPermission(permission), ownPages(RED), handler)
}

/**
 * Refuses requests of pages of another origin. Such a page reaches Node-RED through the browser of a user with
 * access. Node-RED up to version 4 lets the page read the response. A request with a user's token is accepted.
 */
function ownPages(RED: NodeAPI): Handler {
  const { adminAuth, slsKafka } = RED.settings as Settings
  return ({ headers, user }, response, next) => {
    const hasToken = Boolean(adminAuth) && user !== undefined && user.anonymous !== true
    const origin = hasToken ? null : foreignOrigin(headers, slsKafka?.allowedOrigins)
    if (origin === null) next()
    else refuse(response, { refusal: 'foreign-origin', origin, setting: 'slsKafka.allowedOrigins' })
  }
}

async function handle<Request>(
  route: AdminRoute<Request>,
  incoming: Incoming,
  response: ServerResponse,
): Promise<void> {
  if (sizeOf(incoming) > (route.maxCharacters ?? MAX_REQUEST_CHARACTERS)) {
    refuse(response, { refusal: 'request-too-large' })
    return
  }
  const request = route.parse(incoming.body)
  if (!request) {
    refuse(response, { refusal: 'request-invalid' })
    return
  }
  const end = route.limit.begin()
  if (typeof end === 'string') {
    refuse(response, { refusal: end })
    return
  }
  const closed = new AbortController()
  response.once('close', () => {
    closed.abort()
  })
  try {
    const write = (line: object): void => {
      writeLine(response, line)
    }
    const refusal = await route.respond(request, write, closed.signal)
    if (refusal) refuse(response, refusal)
    else response.end()
  } finally {
    end()
  }
}

function sizeOf({ headers, body }: Incoming): number {
  return Math.max(Number(headers['content-length'] ?? 0), JSON.stringify(body ?? null).length)
}

function writeLine(response: ServerResponse, line: object): void {
  if (!response.headersSent) {
    response.writeHead(200, {
      'Content-Type': 'application/x-ndjson',
      'Cache-Control': 'no-store',
      // A proxy that buffers the response would deliver all lines at once.
      'X-Accel-Buffering': 'no',
    })
  }
  response.write(`${JSON.stringify(line)}\n`)
}

function refuse(response: ServerResponse, refusal: RefusalResponse): void {
  if (response.headersSent) {
    response.end()
    return
  }
  response.writeHead(STATUS[refusal.refusal] ?? 400, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
  })
  response.end(JSON.stringify(refusal))
}
