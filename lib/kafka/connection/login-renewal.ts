import type { Clock } from '../../clock'
import type { RequestQueue } from './request-queue'

/** The login is renewed after this share of its lifetime. */
const RENEW_AT = 0.8
const MIN_RENEW_MS = 1_000
/** Timers of Node.js cannot be longer. */
const MAX_RENEW_MS = 2 ** 31 - 1

export interface LoginRenewalParts {
  readonly clock: Clock
  /** Holds requests back while the login is renewed. */
  readonly gate: RequestQueue
  /** Whether the connection is open and no request is pending: a service takes a new login only then. */
  readonly isIdle: () => boolean
  /** @returns the lifetime of the login in milliseconds; 0 if it does not end */
  readonly logIn: () => Promise<number>
  readonly onFailed: (error: Error) => void
}

/** Renews the login of one connection before its lifetime ends. */
export class LoginRenewal {
  readonly #parts: LoginRenewalParts
  #isDue = false
  #cancel: (() => void) | null = null

  constructor(parts: LoginRenewalParts) {
    this.#parts = parts
  }

  /** A login was accepted. @param lifetimeMs 0 if it does not end */
  begin(lifetimeMs: number): void {
    if (!(lifetimeMs > 0)) return
    const { clock, gate } = this.#parts
    const waitMs = Math.min(MAX_RENEW_MS, Math.max(MIN_RENEW_MS, lifetimeMs * RENEW_AT))
    this.#cancel = clock.after(waitMs, () => {
      this.#cancel = null
      this.#isDue = true
      gate.lock()
      this.renewIfIdle()
    })
  }

  /** Call this after each response: a due renewal can wait for the last one. */
  renewIfIdle(): void {
    const { gate, isIdle, logIn, onFailed } = this.#parts
    if (!this.#isDue || !isIdle()) return
    this.#isDue = false
    logIn().then(
      (lifetimeMs) => {
        this.begin(lifetimeMs)
        gate.unlock()
      },
      (error: unknown) => {
        onFailed(error as Error)
      },
    )
  }

  /** Leaves no timer behind. */
  end(): void {
    this.#cancel?.()
  }
}
