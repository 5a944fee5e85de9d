import type { Emulator } from '../emulator'

export interface RouteRequest {
  /** What stands for the parts of the path that begin with a colon. */
  readonly params: Readonly<Partial<Record<string, string>>>
  readonly query: URLSearchParams
  /** Parsed JSON; `undefined` without a body. */
  readonly body: unknown
}

/** One thing that can be asked of the control channel. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** E.g. `/logstores/:name/logs`. */
  readonly path: string
  /** One line for `--help`. */
  readonly help: string
  /** The result is sent as JSON. Throws ControlError, LogstoreError and FaultError. */
  handle(emulator: Emulator, request: RouteRequest): unknown
}
