import { Ledger } from './ledger'

/** What the ledger asks of the records that were sent and are not done. */
export interface Undone {
  /**
   * The offset of the oldest one; `none` if there is none; `unknown` while offsets of before and after
   * a reset are mixed.
   */
  oldestOffset(): bigint | 'none' | 'unknown'
}

/** A record is done when the flow has acknowledged it. Nothing is committed beyond one that is not. */
export class AckedLedger extends Ledger {
  readonly #undone: Undone

  constructor(undone: Undone) {
    super()
    this.#undone = undone
  }

  protected override committable(): bigint | null {
    const oldest = this.#undone.oldestOffset()
    if (oldest === 'unknown') return null
    return oldest === 'none' ? this.position() : oldest
  }

  protected override committableAtStop(): bigint | null {
    return this.committable()
  }
}
