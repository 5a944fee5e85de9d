import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import type { Certificate } from './certificate'

export interface ListenerOptions {
  readonly certificate: Certificate
  readonly host: string
  /** 0: any free port. The same one is taken again after a close. */
  readonly port: number
  readonly onConnection: (socket: TLSSocket) => void
  readonly log: (line: string) => void
}

/** The TLS port of the endpoint, which can be closed and opened again. */
export class Listener {
  private readonly options: ListenerOptions
  private readonly sockets = new Set<Socket>()
  private server: Server | undefined
  private chosenPort: number

  constructor(options: ListenerOptions) {
    this.options = options
    this.chosenPort = options.port
  }

  get port(): number {
    return this.chosenPort
  }

  get isOpen(): boolean {
    return this.server !== undefined
  }

  get openConnections(): number {
    return this.sockets.size
  }

  /** Rejects with the system's error, e.g. EADDRINUSE. */
  async open(): Promise<void> {
    if (this.server) return
    const { certificate, host, onConnection, log } = this.options
    const server = createServer({ cert: certificate.cert, key: certificate.key }, onConnection)
    // Sockets are tracked from before the TLS handshake, so that none outlives a close.
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
    })
    server.on('tlsClientError', (error) => {
      log(`TLS handshake failed: ${error.message}`)
    })
    server.listen(this.chosenPort, host)
    await once(server, 'listening')
    this.server = server
    this.chosenPort = (server.address() as AddressInfo).port
  }

  /** Stops listening and drops all connections. */
  async close(): Promise<void> {
    const server = this.server
    if (!server) return
    this.server = undefined
    const closed = once(server, 'close')
    server.close()
    this.killConnections()
    await closed
  }

  /** Drops all connections without a word; returns how many. */
  killConnections(): number {
    const count = this.sockets.size
    for (const socket of this.sockets) socket.destroy()
    return count
  }
}
