/**
 * `msg.parts` of a core Split or Batch node: the message's place in a sequence. With `outer`, the sequence is
 * itself a part of another one.
 */
export interface Parts {
  readonly id: string
  readonly index: number
  readonly count: number
  readonly outer: Parts | null
}

interface Sequence<R> {
  readonly indexes: Set<number>
  /** The largest count that any part of the sequence has. */
  count: number
  /** The records that wait for the sequence, by identity. */
  readonly waiting: Map<object, R>
}

/** Most sequences that are kept although no record waits for them. */
const MOST_IDLE = 1_000

/**
 * Counts parts: a split record is done when every part is done. Sequences are counted by their id: a Batch
 * node's sequence has parts of several records, and some of these can be done.
 */
export class PartCounter<R> {
  readonly #identityOf: (record: R) => object
  readonly #sequences = new Map<string, Sequence<R>>()
  /** Ids of the sequences that a record waits for. */
  readonly #idsOf = new Map<object, Set<string>>()
  /** Ids of the sequences that no record waits for, the oldest first. */
  readonly #idle = new Set<string>()

  /** @param identityOf returns the same object for all attempts of a record */
  constructor(identityOf: (record: R) => object) {
    this.#identityOf = identityOf
  }

  /** Number of sequences that are not complete. */
  get open(): number {
    return this.#sequences.size
  }

  /**
   * Counts a part that is done.
   *
   * @param records records of the part that are not done
   * @returns the records that are done now
   */
  add(parts: Parts, records: Iterable<R>): R[] {
    const sequence = this.#sequence(parts.id)
    sequence.indexes.add(parts.index)
    sequence.count = Math.max(sequence.count, parts.count)
    for (const record of records) {
      const identity = this.#identityOf(record)
      sequence.waiting.set(identity, record)
      this.#ids(identity).add(parts.id)
    }
    this.#sort(parts.id, sequence)
    if (sequence.indexes.size < sequence.count) return []
    const complete = [...sequence.waiting.values()]
    this.#drop(parts.id, sequence)
    return parts.outer ? this.add(parts.outer, complete) : complete
  }

  /** Removes a record from all sequences that it waits for. */
  forget(identity: object): void {
    const ids = this.#idsOf.size === 0 ? undefined : this.#idsOf.get(identity)
    if (!ids) return
    for (const id of ids) {
      const sequence = this.#sequences.get(id)
      if (!sequence) continue
      sequence.waiting.delete(identity)
      this.#sort(id, sequence)
    }
    this.#idsOf.delete(identity)
  }

  #sequence(id: string): Sequence<R> {
    let sequence = this.#sequences.get(id)
    if (!sequence) {
      sequence = { indexes: new Set(), count: 0, waiting: new Map() }
      this.#sequences.set(id, sequence)
    }
    return sequence
  }

  #ids(identity: object): Set<string> {
    let ids = this.#idsOf.get(identity)
    if (!ids) {
      ids = new Set()
      this.#idsOf.set(identity, ids)
    }
    return ids
  }

  /** Updates `#idle` for one sequence, and drops the oldest sequence above MOST_IDLE. */
  #sort(id: string, { waiting }: Sequence<R>): void {
    this.#idle.delete(id)
    if (waiting.size > 0) return
    this.#idle.add(id)
    const [oldest] = this.#idle
    if (this.#idle.size <= MOST_IDLE || oldest === undefined) return
    this.#idle.delete(oldest)
    this.#sequences.delete(oldest)
  }

  #drop(id: string, { waiting }: Sequence<R>): void {
    this.#idle.delete(id)
    this.#sequences.delete(id)
    for (const identity of waiting.keys()) {
      const ids = this.#idsOf.get(identity)
      ids?.delete(id)
      if (ids?.size === 0) this.#idsOf.delete(identity)
    }
  }
}
