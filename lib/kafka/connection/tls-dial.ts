import { lookup as lookUpName } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { onAbort } from '../../async'
import type { Clock } from '../../clock'
import { serverName, type ProjectOptions } from '../../config/project-options'
import { type Address, addressText } from '../cluster/brokers'
import { codedError } from './connection-errors'
import { startHandshake } from './tls-handshake'

/** All addresses of a name, in the order in which they are tried. */
export type Lookup = (host: string) => Promise<readonly string[]>

export interface DialOptions {
  readonly address: Address
  readonly project: ProjectOptions
  readonly clock: Clock
  /** Default: the resolver of the system. */
  readonly lookup?: Lookup
}

/**
 * The next address of a name is tried after this time, beside the one before. Node.js itself would abandon
 * the first one, so that an address which takes longer is never connected to.
 */
const NEXT_ADDRESS_MS = 300
/** Timeout of the name look-up and all addresses together. */
const DIAL_MS = 15_000

const systemLookup: Lookup = async (host) =>
  (await lookUpName(host, { all: true })).map(({ address }) => address)

/**
 * Makes a verified TLS connection to the first address of a host that completes a handshake.
 *
 * @throws the reason of the only address, or an error with the reasons of all and the code of the first;
 *   what the signal was aborted with. No socket is left open
 */
export async function dialTls(options: DialOptions, signal: AbortSignal): Promise<TLSSocket> {
  const race = new DialRace(options)
  const forget = onAbort(signal, () => {
    race.end(abortReason(signal))
  })
  try {
    return await race.winner
  } finally {
    forget()
  }
}

export function abortReason({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}

class DialRace {
  readonly winner: Promise<TLSSocket>
  readonly #options: DialOptions
  readonly #failures: Error[] = []
  readonly #attempts = new Set<() => void>()
  #waiting: string[] = []
  #isOver = false
  #resolve: (socket: TLSSocket) => void = () => undefined
  #reject: (error: Error) => void = () => undefined
  readonly #cancelDeadline: () => void
  #cancelNext: (() => void) | null = null

  constructor(options: DialOptions) {
    this.#options = options
    this.winner = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const { clock, address, lookup = systemLookup } = options
    const { host } = address
    let cancelSoon = (): void => undefined
    const cancelTimer = clock.after(DIAL_MS, () => {
      cancelSoon = clock.soon(() => {
        const seconds = DIAL_MS / 1000
        this.#fail(
          codedError('ETIMEDOUT', `no connection to ${addressText(address)} in ${seconds} s`),
        )
      })
    })
    this.#cancelDeadline = () => {
      cancelTimer()
      cancelSoon()
    }
    const addresses = isIP(host) ? Promise.resolve([host]) : Promise.resolve(host).then(lookup)
    addresses.then(
      (found) => {
        this.#begin(found)
      },
      (error: unknown) => {
        this.end(error instanceof Error ? error : new Error(String(error)))
      },
    )
  }

  end(error: Error): void {
    if (this.#isOver) return
    this.#stop()
    this.#reject(error)
  }

  #begin(addresses: readonly string[]): void {
    if (this.#isOver) return
    this.#waiting = [...new Set(addresses)]
    if (this.#waiting.length > 0) this.#tryNext()
    else this.end(codedError('ENOTFOUND', `${this.#options.address.host} has no address`))
  }

  #tryNext(): void {
    this.#cancelNext?.()
    this.#cancelNext = null
    const ip = this.#waiting.shift()
    if (ip === undefined) return
    const { clock, project, address } = this.#options
    const end = startHandshake(
      { ip, port: address.port, name: serverName(project, address.host), tls: project.tls, clock },
      {
        onSecure: (socket) => {
          this.#attempts.delete(end)
          this.#stop()
          this.#resolve(socket)
        },
        onFailed: (error) => {
          this.#attempts.delete(end)
          this.#failures.push(error)
          if (this.#waiting.length > 0) this.#tryNext()
          else if (this.#attempts.size === 0) this.#fail(null)
        },
      },
    )
    this.#attempts.add(end)
    if (this.#waiting.length === 0) return
    this.#cancelNext = clock.after(NEXT_ADDRESS_MS, () => {
      this.#tryNext()
    })
  }

  /** @param last a reason beside those of the addresses */
  #fail(last: Error | null): void {
    const failures = last ? [...this.#failures, last] : this.#failures
    const [first] = failures
    if (!first || failures.length === 1) this.end(first ?? new Error('no address was tried'))
    else {
      const { code } = first as { code?: unknown }
      const message = failures.map((failure) => failure.message).join('; ')
      const error = new Error(message, { cause: first })
      this.end(typeof code === 'string' ? Object.assign(error, { code }) : error)
    }
  }

  /** Leaves no attempt and no timer behind. */
  #stop(): void {
    this.#isOver = true
    this.#cancelDeadline()
    this.#cancelNext?.()
    for (const endAttempt of this.#attempts) endAttempt()
    this.#attempts.clear()
  }
}
