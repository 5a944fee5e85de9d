import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import type { Certificate } from './certificate'
import type { Reception } from './switches'
import type { ConnectionRecord } from './traffic'

export interface ListenerOptions {
  readonly certificate: Certificate
  readonly host: string
  /** 0: any free port. The same one is taken again after a close. */
  readonly port: number
  /** Called for each TCP connection before its TLS handshake. */
  readonly onAccepted: () => ConnectionRecord
  /** @param record what `onAccepted` made of the same connection */
  readonly onConnection: (socket: TLSSocket, record: ConnectionRecord | undefined) => void
  readonly log: (line: string) => void
  readonly reception: () => Reception
}

/** What a client takes for anything but TLS. */
const NO_TLS = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'

/** The TLS port of the endpoint, which can be closed and opened again. */
export class Listener {
  readonly #options: ListenerOptions
  readonly #sockets = new Map<Socket, ConnectionRecord>()
  /** Those that were not received as they should be. */
  readonly #offended = new Set<Socket>()
  #server: Server | undefined
  #chosenPort: number

  constructor(options: ListenerOptions) {
    this.#options = options
    this.#chosenPort = options.port
  }

  get port(): number {
    return this.#chosenPort
  }

  get isOpen(): boolean {
    return this.#server !== undefined
  }

  get openConnections(): number {
    return this.#sockets.size
  }

  /** Rejects with the system's error, e.g. EADDRINUSE. */
  async open(): Promise<void> {
    if (this.#server) return
    const tls = this.#createTls()
    const server = createServer((socket) => {
      // Sockets are tracked from before the TLS handshake, so that none outlives a close.
      this.#sockets.set(socket, this.#options.onAccepted())
      socket.on('close', () => this.#sockets.delete(socket))
      this.#receive(socket, (received) => tls.emit('connection', received))
    })
    server.listen(this.#chosenPort, this.#options.host)
    await once(server, 'listening')
    this.#server = server
    this.#chosenPort = (server.address() as AddressInfo).port
  }

  /** Stops listening and drops all connections. */
  async close(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = undefined
    const closed = once(server, 'close')
    server.close()
    this.killConnections()
    await closed
  }

  /** Drops all connections without a word; returns how many. */
  killConnections(): number {
    const count = this.#sockets.size
    for (const socket of this.#sockets.keys()) socket.destroy()
    return count
  }

  /** Drops the connections that were not received as they should be. */
  killOffended(): void {
    for (const socket of this.#offended) socket.destroy()
  }

  #createTls(): NodeJS.EventEmitter {
    const { certificate, onConnection, reception, log } = this.#options
    const server = createTlsServer({ cert: certificate.cert, key: certificate.key }, (socket) => {
      if (reception() === 'close') socket.destroySoon()
      else onConnection(socket, this.#recordOf(socket))
    })
    server.on('tlsClientError', (error) => {
      // A client that went away meanwhile says nothing of the certificate.
      if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return
      log(`TLS handshake failed: ${error.message}`)
    })
    return server
  }

  /** A TLS socket does not name the TCP socket under it, but both have the same remote port. */
  #recordOf({ remotePort, remoteAddress }: TLSSocket): ConnectionRecord | undefined {
    for (const [socket, record] of this.#sockets) {
      if (socket.remotePort === remotePort && socket.remoteAddress === remoteAddress) return record
    }
    return undefined
  }

  #receive(socket: Socket, accept: (socket: Socket) => void): void {
    const reception = this.#options.reception()
    if (reception === 'tls' || reception === 'close') {
      accept(socket)
      return
    }
    this.#offended.add(socket)
    socket.on('close', () => this.#offended.delete(socket))
    socket.on('error', () => undefined) // "close" follows
    socket.resume()
    if (reception === 'nonsense') socket.write(NO_TLS)
  }
}
