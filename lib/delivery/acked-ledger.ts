import { Ledger } from './ledger'

/** What the ledger asks of the records that were sent and are not done. */
export interface Undone {
  /**
   * The offset of the oldest one; `none` if there is none; `unknown` while offsets of before and after
   * a reset are mixed.
   */
  oldestOffset(): bigint | 'none' | 'unknown'
  /** How many records were sent before it, or at all if there is none. */
  readonly donePrefix: number
  /** So many of them need not be sent again after a crash. */
  committed(prefix: number): void
}

/** A record is done when the flow has acknowledged it. Nothing is committed beyond one that is not. */
export class AckedLedger extends Ledger {
  readonly #undone: Undone
  #proposed: { readonly offset: bigint; readonly prefix: number } | null = null

  constructor(undone: Undone) {
    super()
    this.#undone = undone
  }

  override committed(offset: bigint): void {
    super.committed(offset)
    if (this.#proposed?.offset === offset) this.#undone.committed(this.#proposed.prefix)
  }

  override reset(): void {
    super.reset()
    this.#proposed = null
  }

  protected override committable(): bigint | null {
    const oldest = this.#undone.oldestOffset()
    if (oldest === 'unknown') return null
    const offset = oldest === 'none' ? this.position() : oldest
    this.#proposed = offset === null ? null : { offset, prefix: this.#undone.donePrefix }
    return offset
  }

  protected override committableAtStop(): bigint | null {
    return this.committable()
  }
}
