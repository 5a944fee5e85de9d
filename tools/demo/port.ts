import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Systems hand out ports from 32768 or 49152 on. */
const QUIET = { first: 10_100, last: 19_999 } as const
const TRIES = 20
const TRY_EVERY_MS = 250

/** Whether a port of the loopback address can be listened on right now. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}

/**
 * Returns a free port outside the range from which the system assigns ports, so that the port stays free
 * while the demo does not listen on it.
 */
export async function quietPort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(QUIET.first, QUIET.last + 1)
    if (await isFree(port)) return port
  }
  throw new Error(`there is no free port from ${QUIET.first} to ${QUIET.last}`)
}

/**
 * Listens again on a port that was not in use for a while. Tries several times, because another program can
 * hold the port for a moment. Rejects with the last error.
 */
export async function untilFree(listen: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await listen()
      return
    } catch (error) {
      if (tries === TRIES) throw error
    }
    await delay(TRY_EVERY_MS)
  }
}
