import { onAbort } from '../abort'
import { within } from '../bounded'
import { KafkaAdmin, type AdminOptions } from './admin'

export interface AskLimits {
  /** Milliseconds for all of it, from the first connection on. */
  readonly timeout: number
  /** Ends it early. */
  readonly signal?: AbortSignal
}

/**
 * Asks the service something that changes nothing, on connections of its own, which are closed again.
 *
 * @param question of a session that has logged in and has not looked for its logstore
 * @throws what the service refused, or with the code ETIMEDOUT
 */
export async function askService<T>(
  options: AdminOptions,
  question: (session: KafkaAdmin) => Promise<T>,
  { timeout, signal }: AskLimits,
): Promise<T> {
  const session = new KafkaAdmin(options)
  const forget =
    signal &&
    onAbort(signal, () => {
      void session.close()
    })
  const asking = session.login().then(() => question(session))
  try {
    return await within(asking, timeout)
  } finally {
    forget?.()
    await session.close()
    // What is still under way fails without its sockets.
    await asking.catch(() => undefined)
  }
}
