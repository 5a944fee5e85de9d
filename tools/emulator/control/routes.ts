import type { Emulator } from '../emulator'
import { ControlError } from './checks'
import { connectionRoutes } from './connection-routes'
import { faultRoutes } from './fault-routes'
import type { Route } from './route'
import { commitsOf, stateOf } from './state'
import { storeRoutes } from './store-routes'
import { viewRoutes } from './view-routes'

export interface ControlRequest {
  readonly method: string
  readonly path: readonly string[]
  readonly query: URLSearchParams
  /** Parsed JSON; `undefined` without a body. */
  readonly body: unknown
}

const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/state',
    help: 'shards, groups, connections, faults, switches, counters',
    handle: stateOf,
  },
  { method: 'GET', path: '/commits', help: 'all accepted commits', handle: commitsOf },
  {
    method: 'GET',
    path: '/traffic',
    help: 'the times of requests by API, with the faults that they met; connections; refused logins',
    handle: ({ traffic }) => traffic.report(),
  },
  ...storeRoutes,
  ...viewRoutes,
  ...connectionRoutes,
  ...faultRoutes,
]

/** Handles a request. The result is sent as JSON. Throws the errors of the routes. */
export function handleControl(emulator: Emulator, request: ControlRequest): unknown {
  const { method, path, query, body } = request
  for (const route of ROUTES) {
    const params = route.method === method ? paramsOf(route, path) : undefined
    if (params) return route.handle(emulator, { params, query, body })
  }
  throw new ControlError(`there is no ${method} /${path.join('/')}`, 404)
}

/** The lines of `--help` about the control channel. */
export function routesHelp(): string {
  return ROUTES.map(({ method, path, help }) => {
    const lines = help.split('\n').map((line) => `        ${line}`)
    return [`  ${method.padEnd(6)} ${path}`, ...lines].join('\n')
  }).join('\n')
}

/** Returns undefined if the path belongs to another route. */
function paramsOf(route: Route, path: readonly string[]): Record<string, string> | undefined {
  const parts = route.path.split('/').slice(1)
  const isMatch =
    parts.length === path.length &&
    parts.every((part, index) => part.startsWith(':') || part === path[index])
  if (!isMatch) return undefined
  return Object.fromEntries(
    parts.flatMap((part, index) => (part.startsWith(':') ? [[part.slice(1), path[index]]] : [])),
  ) as Record<string, string>
}
