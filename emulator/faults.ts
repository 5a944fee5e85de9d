/** What a fault can be chosen by. */
export interface ServedRequest {
  readonly api: string
  readonly version: number
  readonly clientId: string
}

/** Serves a request: the chunks of its answer, or `undefined` for none. */
export type Serve = () => Promise<Buffer[] | undefined>

/**
 * The one place where an answer can be spoilt. Every request passes through: a fault may serve it
 * late, serve it and drop the answer, never settle (half-open) or reject (the connection closes).
 */
export type Faults = (request: ServedRequest, serve: Serve) => Promise<Buffer[] | undefined>

export const noFaults: Faults = (_request, serve) => serve()
