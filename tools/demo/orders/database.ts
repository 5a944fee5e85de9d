import { setTimeout as delay } from 'node:timers/promises'
import { LocalServer, type Answer, type LocalRequest } from '../local-server'

/** What a real database over a network may take. */
const LATENCY_MS = 200

/**
 * A tiny database for orders: PUT /orders/<number> stores one, and storing it again changes nothing.
 * While the database is down, no server listens on its port.
 *
 * @param store stores an order, and returns whether the order exists
 */
export function startDatabase(store: (number: string) => boolean): Promise<LocalServer> {
  return LocalServer.start(async ({ method, path, signal }: LocalRequest): Promise<Answer> => {
    const [table, number = ''] = path
    if (method !== 'PUT' || table !== 'orders') return { status: 404, body: {} }
    await delay(LATENCY_MS, undefined, { signal })
    return store(number)
      ? { status: 201, body: { stored: number } }
      : { status: 400, body: { error: `there is no order ${number}` } }
  })
}
