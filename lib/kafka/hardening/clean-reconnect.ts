/**
 * What is left of a connection that broke spoils the next one of kafkajs: the first bytes of an answer
 * that was cut off count as the beginning of the first answer on the new socket, and nothing is
 * understood from there on (probably tulios/kafkajs#1386 and #1440); and a login that was cut off by an
 * error, not by an orderly end, is awaited for ever, with the lock that all others need (#1550, #1630).
 */
interface Connection {
  chunks: Buffer[]
  bytesBuffered: number
  bytesNeeded: number
  authHandlers: unknown
  isConnected(): boolean
  connect(): Promise<boolean>
  sendAuthRequest(request: unknown): Promise<unknown>
  rejectRequests(error: Error): void
}

const LENGTH_BYTES = 4

export const file = 'src/network/connection.js'
export const methods = ['isConnected', 'connect', 'sendAuthRequest', 'rejectRequests']

export function rewrite(original: unknown): unknown {
  const Connection = original as new (...args: unknown[]) => Connection

  return class CleanConnection extends Connection {
    #failLogin: ((error: Error) => void) | null = null

    override connect(): Promise<boolean> {
      if (!this.isConnected()) {
        this.chunks = []
        this.bytesBuffered = 0
        this.bytesNeeded = LENGTH_BYTES
      }
      return super.connect()
    }

    override sendAuthRequest(request: unknown): Promise<unknown> {
      return new Promise((resolve, reject) => {
        this.#failLogin = reject
        super.sendAuthRequest(request).then(resolve, reject)
      })
    }

    /** Of the broken connection. */
    override rejectRequests(error: Error): void {
      this.authHandlers = null
      this.#failLogin?.(error)
      super.rejectRequests(error)
    }
  }
}
