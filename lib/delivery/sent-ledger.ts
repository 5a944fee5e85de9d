import { Ledger } from './ledger'

/**
 * Sending counts as done. A record is held back for a whole commit interval after it was sent, so that
 * a crash repeats the last seconds instead of losing what the flow had not finished yet.
 */
export class SentLedger extends Ledger {
  #marked: bigint | null = null
  #ripe: bigint | null = null

  /** What was sent before the last call is ripe now. */
  override tick(): void {
    this.#ripe = this.#marked
    this.#marked = this.position()
  }

  override reset(): void {
    super.reset()
    this.#marked = null
    this.#ripe = null
  }

  protected override committable(): bigint | null {
    return this.#ripe
  }

  protected override committableAtStop(): bigint | null {
    return this.position()
  }
}
