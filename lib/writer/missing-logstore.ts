import type { SlsKafkaError } from '../errors'
import { BrokerError } from '../kafka/cluster/error-codes'

/** How long a logstore must be missing: one that was just created can take some seconds until it is listed. */
const CERTAIN_AFTER_MS = 5_000

/** Finds out that a logstore certainly does not exist, if its logs must fail then. */
export class MissingLogstore {
  readonly #isOn: boolean
  /** Monotonic; null while it is listed, or is not known. */
  #sinceMs: number | null = null
  #error: SlsKafkaError | null = null

  constructor(isOn: boolean) {
    this.#isOn = isOn
  }

  /** The error of each log for the logstore; null while it exists, or perhaps does. */
  get error(): SlsKafkaError | null {
    return this.#error
  }

  /** The service has listed the logstore. */
  listed(): void {
    this.#sinceMs = null
    this.#error = null
  }

  /** A request failed. Only a list of logstores says that one is missing. @param error what the cause means */
  failed(cause: unknown, error: SlsKafkaError, nowMs: number): void {
    if (error.code !== 'SLS_LOGSTORE_NOT_FOUND') {
      this.listed()
      return
    }
    if (!(cause instanceof BrokerError && cause.api === 'Metadata')) return
    this.#sinceMs ??= nowMs
    if (this.#isOn && nowMs - this.#sinceMs >= CERTAIN_AFTER_MS) this.#error = error
  }
}
