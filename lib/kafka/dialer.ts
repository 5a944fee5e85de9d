import { isIP, type Socket } from 'node:net'
import { connect } from 'node:tls'
import type { ISocketFactory } from 'kafkajs'
import type { ProjectOptions } from '../options/project-options'
import { SlsKafkaError } from '../errors'
import { SILENCE_TIMEOUT } from './constants'
import { guardSilence } from './silence-guard'

const KEEP_ALIVE_DELAY = 15_000

export interface DialerOptions {
  readonly project: ProjectOptions
  /** Milliseconds that the group may let a joining member wait. */
  readonly groupWait: number
  /** A connection that could not be made, or broke. */
  readonly onError: (error: unknown) => void
}

/**
 * Makes every connection of one membership, verified TLS always, and can end them all at once. After
 * `close` it makes no more: whatever kafkajs still tries then, it stays without a socket.
 */
export class Dialer {
  readonly #options: DialerOptions
  readonly #sockets = new Set<Socket>()
  #closed = false

  constructor(options: DialerOptions) {
    this.#options = options
  }

  /** Where the client starts: the bootstrap address, else the project's own. */
  get seed(): string {
    const { bootstrap, address } = this.#options.project
    const seed = bootstrap ?? address
    return seed ? `${seed.host}:${seed.port}` : ''
  }

  get isConnected(): boolean {
    return [...this.#sockets].some((socket) => !socket.connecting && !socket.destroyed)
  }

  /** For kafkajs's public option `socketFactory`. */
  readonly socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    if (this.#closed) throw new Error('the consumer was closed')
    this.#refuseStranger(host)
    const { project, groupWait, onError } = this.#options
    const target = project.bootstrap ?? { host, port }
    const { tls } = project
    const servername = tls.servername ?? project.address?.host ?? target.host
    const socket = connect(
      {
        ...tls,
        host: target.host,
        port: target.port,
        ...(isIP(servername) ? {} : { servername }),
        rejectUnauthorized: true,
      },
      onConnect,
    )
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY)
    guardSilence(socket, { request: SILENCE_TIMEOUT, groupWait })
    socket.on('error', (error) => {
      if (!this.#closed) onError(error)
    })
    socket.on('close', () => this.#sockets.delete(socket))
    this.#sockets.add(socket)
    return socket
  }

  close(): void {
    this.#closed = true
    // With an error, because kafkajs fails its pending requests on 'error' and not on 'close'.
    for (const socket of this.#sockets) socket.destroy(new Error('the consumer was closed'))
  }

  /**
   * The AccessKey goes to whoever is dialled, in plain inside TLS. Any host may hold a valid
   * certificate of its own, so an advertised host must lie in the endpoint's domain.
   */
  #refuseStranger(host: string): void {
    const { address, bootstrap, project } = this.#options.project
    if (bootstrap || !address) return
    const domain = address.host.slice(project.length + 1)
    if (host === domain || host.endsWith(`.${domain}`)) return
    const error = new SlsKafkaError('SLS_UNEXPECTED_BROKER', { host, domain })
    this.#options.onError(error)
    throw error
  }
}
