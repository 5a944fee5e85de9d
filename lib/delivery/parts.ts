/**
 * `msg.parts` of a core Split or Batch node: this message is one of a sequence. Nested: the sequence is
 * a part itself.
 */
export interface Parts {
  readonly id: string
  readonly index: number
  readonly count: number
  readonly outer: Parts | null
}

interface Sequence<D> {
  readonly indexes: Set<number>
  readonly deliveries: Set<D>
}

/**
 * Counts parts: what was split is done when every part of it is. Sequences are counted by their own id
 * and not by record, so that a Batch node, whose members are several records, is the same case.
 */
export class PartCounter<D> {
  readonly #sequences = new Map<string, Sequence<D>>()
  readonly #idsOf = new Map<D, Set<string>>()

  /**
   * One more part is done.
   *
   * @returns what is done as a whole now
   */
  add(parts: Parts, deliveries: Iterable<D>): D[] {
    const sequence = this.#sequence(parts.id)
    sequence.indexes.add(parts.index)
    for (const delivery of deliveries) {
      sequence.deliveries.add(delivery)
      this.#ids(delivery).add(parts.id)
    }
    if (sequence.indexes.size < parts.count) return []
    this.#sequences.delete(parts.id)
    return parts.outer ? this.add(parts.outer, sequence.deliveries) : [...sequence.deliveries]
  }

  /** It is done, or nobody's any more: what was counted for it is not needed. */
  forget(delivery: D): void {
    for (const id of this.#idsOf.get(delivery) ?? []) {
      const sequence = this.#sequences.get(id)
      sequence?.deliveries.delete(delivery)
      if (sequence?.deliveries.size === 0) this.#sequences.delete(id)
    }
    this.#idsOf.delete(delivery)
  }

  /** Sequences of which some parts are done. */
  get open(): number {
    return this.#sequences.size
  }

  #sequence(id: string): Sequence<D> {
    let sequence = this.#sequences.get(id)
    if (!sequence) {
      sequence = { indexes: new Set(), deliveries: new Set() }
      this.#sequences.set(id, sequence)
    }
    return sequence
  }

  #ids(delivery: D): Set<string> {
    let ids = this.#idsOf.get(delivery)
    if (!ids) {
      ids = new Set()
      this.#idsOf.set(delivery, ids)
    }
    return ids
  }
}
