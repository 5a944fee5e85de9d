import type { Socket } from 'node:net'

/**
 * A connection of kafkajs that is asked to connect twice at the same time, as several requests or
 * several node ids behind one address do, dials twice and forgets the first socket. That one stays open,
 * and when it ends at last, its handlers disconnect the live one. One that is ended waits for a peer
 * that may be gone (no upstream issue; seen in network/connection.js). Here a connection has one socket,
 * which is destroyed when it is done with and then not listened to any more.
 */
interface Connection {
  socket?: Socket
  isConnected(): boolean
  connect(): Promise<boolean>
  disconnect(): Promise<boolean>
}

/** Milliseconds for what was written, and the goodbye of TLS, to go out. */
const GOODBYE = 1_000

export const file = 'src/network/connection.js'
export const methods = ['isConnected', 'connect', 'disconnect']

export function rewrite(original: unknown): unknown {
  const Connection = original as new (...args: unknown[]) => Connection

  return class SingleSocketConnection extends Connection {
    #connecting: Promise<boolean> | null = null
    #disconnecting: Promise<boolean> | null = null

    override connect(): Promise<boolean> {
      this.#connecting ??= this.#dial().finally(() => {
        this.#connecting = null
      })
      return this.#connecting
    }

    override disconnect(): Promise<boolean> {
      this.#disconnecting ??= this.#hangUp().finally(() => {
        this.#disconnecting = null
      })
      return this.#disconnecting
    }

    #dial(): Promise<boolean> {
      // A running disconnect would end the new socket in place of the old one.
      return this.#disconnecting?.then(() => super.connect()) ?? super.connect()
    }

    async #hangUp(): Promise<boolean> {
      const { socket } = this
      const wasConnected = this.isConnected()
      const result = await super.disconnect()
      if (socket && wasConnected) discard(socket)
      // Whoever waits for it to connect is told; otherwise he would wait for the time-out.
      else socket?.destroy(new Error('disconnected while connecting'))
      return result
    }
  }
}

/** Its late events would be taken for those of its successor. */
function discard(socket: Socket): void {
  for (const event of ['data', 'end', 'error', 'timeout']) socket.removeAllListeners(event)
  socket.on('error', () => undefined)
  const timer = setTimeout(() => socket.destroy(), GOODBYE)
  timer.unref()
  socket.on('close', () => {
    clearTimeout(timer)
  })
  socket.destroySoon()
}
