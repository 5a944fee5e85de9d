import { onAbort, within } from '../async'
import { KafkaAdmin, type AdminOptions } from './admin'

export interface SessionLimits {
  /** Limit of the whole session, from the first connection on. */
  readonly timeoutMs: number
  /** Ends the session early. */
  readonly signal?: AbortSignal
}

/**
 * Runs a function with an admin client that has logged in, and closes the client afterwards.
 *
 * @param use gets the client, which has not looked its logstore up
 * @throws BrokerError if the service refuses a request; an error with the code ETIMEDOUT after the timeout
 */
export async function withAdmin<T>(
  options: AdminOptions,
  use: (admin: KafkaAdmin) => Promise<T>,
  { timeoutMs, signal }: SessionLimits,
): Promise<T> {
  const admin = new KafkaAdmin(options)
  const forget =
    signal &&
    onAbort(signal, () => {
      void admin.close()
    })
  const running = admin.login().then(() => use(admin))
  try {
    return await within(running, timeoutMs)
  } finally {
    forget?.()
    await admin.close()
    // Requests under way fail now, because their sockets are closed.
    await running.catch(() => undefined)
  }
}
