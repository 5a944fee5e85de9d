import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NodeAPI } from 'node-red'
import type { RefusalAnswer, RefusalCode } from './admin-answers'
import { MAX_REQUEST } from './admin-request'
import { foreignOrigin } from './foreign-origin'
import type { RequestLimit } from './request-limit'

/** What an admin endpoint is made of; `adminPost` does the rest. */
export interface AdminRoute<Request> {
  /** Relative to the admin root. */
  readonly path: string
  /** The editor's users with full access have every permission; those who only read none with `.write`. */
  readonly permission: `${string}.write`
  readonly limit: RequestLimit
  /** @returns null for a body that makes no sense */
  parse(body: unknown): Request | null
  /**
   * Writes lines of JSON, each as soon as it is known.
   *
   * @param signal aborts when nobody waits for the answer any more
   * @returns why nothing was written, if so
   */
  answer(
    request: Request,
    write: (line: object) => void,
    signal: AbortSignal,
  ): Promise<RefusalAnswer | undefined>
}

type Incoming = IncomingMessage & {
  readonly body?: unknown
  readonly query: Readonly<Record<string, unknown>>
  /** Set by Node-RED where the editor has users. */
  readonly user?: { readonly anonymous?: boolean } | undefined
}

type Handler = (request: Incoming, response: ServerResponse, next: () => void) => void

/** What of settings.js decides who may ask. */
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

/** Adds an endpoint for the edit dialogs: permission, bounds and rate are checked before it works. */
export function adminPost<Request>(RED: NodeAPI, route: AdminRoute<Request>): void {
  const answer: Handler = (request, response) => {
    void respond(route, request, response).catch(() => {
      // What was thrown may have a secret in it.
      refuse(response, { refusal: 'failed' })
    })
  }
  const { path, permission } = route
  RED.httpAdmin.post(path, RED.auth.needsPermission(permission), ownPages(RED), answer)
}

/** Adds an endpoint that shows something and changes nothing. */
export function adminGet(
  RED: NodeAPI,
  path: string,
  permission: `${string}.read`,
  answer: (request: Incoming, response: ServerResponse) => void,
): void {
  RED.httpAdmin.get(path, RED.auth.needsPermission(permission), ownPages(RED), answer)
}

/**
 * Refuses pages of another origin. They reach Node-RED through the browser of somebody who does, and up to
 * version 4 Node-RED lets them read its answers. A token of a user is proof enough.
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

async function respond<Request>(
  route: AdminRoute<Request>,
  incoming: Incoming,
  response: ServerResponse,
): Promise<void> {
  if (sizeOf(incoming) > MAX_REQUEST) {
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
  const gone = new AbortController()
  response.once('close', () => {
    gone.abort()
  })
  try {
    const write = (line: object): void => {
      writeLine(response, line)
    }
    const refusal = await route.answer(request, write, gone.signal)
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
      // A proxy that gathers the answer would show the steps all at once.
      'X-Accel-Buffering': 'no',
    })
  }
  response.write(`${JSON.stringify(line)}\n`)
}

function refuse(response: ServerResponse, answer: RefusalAnswer): void {
  if (response.headersSent) {
    response.end()
    return
  }
  response.writeHead(STATUS[answer.refusal] ?? 400, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
  })
  response.end(JSON.stringify(answer))
}
