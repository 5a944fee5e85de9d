import { CLIENT_RETRY_FIRST, CLIENT_RETRY_LONGEST } from '../constants'
import { restLength } from '../rest'

/**
 * A fetch whose connection the service closes is repeated by kafkajs at once: where that happens to each,
 * it is hundreds of logins a second (no upstream issue; seen in consumer/consumerGroup.js,
 * recoverFromFetch). Here a connection for fetches on which none was answered is made again after a
 * rest, while the membership lives on the other one (own-connection.ts).
 */
interface ConnectionPool {
  readonly pool: readonly { isConnected(): boolean }[]
  send(request: Request): Promise<unknown>
  getConnectionByRequest(request: Request): Promise<unknown>
  getConnection(index?: number): Promise<unknown>
}

interface Request {
  readonly request: { readonly apiKey: number }
}

const FETCH = 1
/** Which connection of the pool is for fetches. */
const FETCHES = 1

export const file = 'src/network/connectionPool.js'
export const methods = ['send', 'getConnectionByRequest', 'getConnection']

export function rewrite(original: unknown): unknown {
  const ConnectionPool = original as new (...args: unknown[]) => ConnectionPool

  return class RestingConnectionPool extends ConnectionPool {
    /** Connections in a row on which no fetch was answered. */
    #inVain = 0

    override async send(request: Request): Promise<unknown> {
      const answer = await super.send(request)
      if (request.request.apiKey === FETCH) this.#inVain = 0
      return answer
    }

    override async getConnection(index = 0): Promise<unknown> {
      if (index !== FETCHES || this.pool[FETCHES]?.isConnected()) return super.getConnection(index)
      if (this.#inVain > 0) await rest(this.#inVain)
      const connection = await super.getConnection(index)
      this.#inVain++
      return connection
    }
  }
}

/** @param times that it was done in vain */
async function rest(times: number): Promise<void> {
  const length = restLength(times, CLIENT_RETRY_FIRST, CLIENT_RETRY_LONGEST)
  await new Promise((resolve) => {
    // It holds nobody up who has closed the client meanwhile.
    setTimeout(resolve, length).unref()
  })
}
