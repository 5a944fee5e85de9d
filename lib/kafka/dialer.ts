import type { Socket } from 'node:net'
import { connect } from 'node:tls'
import type { ISocketFactory } from 'kafkajs'
import { SlsKafkaError } from '../errors'
import { guarded } from '../guarded'
import { serverName, startAddress, type ProjectOptions } from '../options/project-options'
import { verifiedAs } from '../peer-identity'
import { SILENCE_TIMEOUT } from './constants'
import { containErrors } from './contained-errors'
import { destroySilent, guardSilence, type GroupWait, type SilenceGuard } from './silence-guard'

const KEEP_ALIVE_DELAY = 15_000

/** More connections in this time than any outage makes a client try: it does not wait between them. */
const MANY = 100
const MANY_WITHIN = 10_000
const HASTE = 'each connection was closed again at once'

/** Of a socket. */
interface Known {
  /** When something was last heard, unix ms. */
  heardAt: number
  readonly guard: SilenceGuard
}

export interface DialerOptions {
  readonly project: ProjectOptions
  /** Milliseconds that the group may let a joining member wait. */
  readonly groupWait: number
  /** A part of an answer has come, and not yet its end: a slow link, which is alive. */
  readonly onArriving?: () => void
  /** A connection that could not be made, or broke. */
  readonly onError: (error: unknown) => void
}

/**
 * Makes every connection of one membership, verified TLS always, and can end them all at once. After
 * `close` it makes no more: whatever kafkajs still tries then, it stays without a socket.
 */
export class Dialer {
  readonly #options: DialerOptions
  readonly #sockets = new Map<Socket, Known>()
  /** When the latest connections were made, unix ms. */
  #dials: number[] = []
  #closed = false

  constructor(options: DialerOptions) {
    this.#options = options
  }

  /**
   * For kafkajs's option `brokers`. kafkajs splits it at the first colon, which an IPv6 address has in
   * itself. Only a bootstrap address can be one, and the socket factory dials that whatever is asked for.
   */
  get seed(): string {
    const { host, port } = startAddress(this.#options.project)
    return `${host.includes(':') ? 'bootstrap' : host}:${port}`
  }

  get isConnected(): boolean {
    return [...this.#sockets.keys()].some((socket) => !socket.connecting && !socket.destroyed)
  }

  /** What a member waits for the others of its group with; null while it does not. */
  get groupWait(): GroupWait | null {
    for (const { guard } of this.#sockets.values()) if (guard.groupWait) return guard.groupWait
    return null
  }

  /** The connection of that wait is dead, although nothing says so. */
  endGroupWait(): void {
    for (const [socket, { guard }] of this.#sockets) if (guard.groupWait) destroySilent(socket)
  }

  /** For kafkajs's public option `socketFactory`. */
  readonly socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    if (this.#closed) throw new Error('the consumer was closed')
    this.#refuseStranger(host)
    this.#refuseHaste()
    const { project, groupWait, onError, onArriving } = this.#options
    const target = project.bootstrap ?? { host, port }
    const socket = connect(
      {
        ...project.tls,
        host: target.host,
        port: target.port,
        ...verifiedAs(serverName(project, target.host)),
      },
      onConnect,
    )
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY)
    const tell = (error: unknown): void => {
      if (!this.#closed) onError(error)
    }
    // What telling throws cannot be told.
    containErrors(
      socket,
      guarded(() => undefined, tell),
    )
    const limits = { request: SILENCE_TIMEOUT, groupWait }
    const onSilent = guarded(tell, () => {
      this.#doubtOthers()
    })
    const guard = guardSilence(socket, limits, {
      onSilent,
      onArriving: () => onArriving?.(),
    })
    // A handshake on which nothing comes, or a host that does not even refuse.
    socket.setTimeout(SILENCE_TIMEOUT, () => {
      destroySilent(socket)
    })
    socket.once('secureConnect', () => socket.setTimeout(0))
    socket.on('error', tell)
    socket.on('close', () => this.#sockets.delete(socket))
    const known: Known = { heardAt: Date.now(), guard }
    socket.on('data', () => {
      known.heardAt = Date.now()
    })
    this.#sockets.set(socket, known)
    return socket
  }

  close(): void {
    this.#closed = true
    // With an error, because kafkajs fails its pending requests on 'error' and not on 'close'.
    for (const socket of this.#sockets.keys()) socket.destroy(new Error('the consumer was closed'))
  }

  /**
   * kafkajs does not back off from a service that takes a login and closes the connection at each fetch:
   * hundreds of logins a second. Whoever hears this error ends the client, and waits.
   */
  #refuseHaste(): void {
    const now = Date.now()
    this.#dials = [...this.#dials.filter((at) => at > now - MANY_WITHIN), now]
    if (this.#dials.length <= MANY) return
    const address = startAddress(this.#options.project)
    const error = new SlsKafkaError('SLS_UNREACHABLE', { ...address, detail: HASTE })
    this.#options.onError(error)
    throw error
  }

  /**
   * What made one connection half-open, most likely a load balancer that was replaced, did it to all. Those
   * that have been silent as long are not waited for one after the other; one in good order is soon made
   * again.
   */
  #doubtOthers(): void {
    const longAgo = Date.now() - SILENCE_TIMEOUT
    for (const [socket, { heardAt, guard }] of this.#sockets) {
      if (heardAt <= longAgo && !guard.groupWait) destroySilent(socket)
    }
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
