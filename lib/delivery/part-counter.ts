import { recordOf, type Token } from './token'

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

interface Sequence {
  readonly indexes: Set<number>
  /** The most that any of its parts has said. */
  count: number
  /** Of the records that wait for it, by their text without the attempt. */
  readonly waiting: Map<string, Token>
}

/** Sequences kept that no record waits for; whose other parts may bring one yet. */
const MOST_IDLE = 1_000

/**
 * Counts parts: what was split is done when every part of it is. Sequences are counted by their own id
 * and not by record, so that a Batch node, whose members are several records, is the same case; some of
 * them may be done already.
 */
export class PartCounter {
  readonly #sequences = new Map<string, Sequence>()
  /** Ids of the sequences that a record waits for. */
  readonly #idsOf = new Map<string, Set<string>>()
  /** Ids of those that none waits for, the oldest first. */
  readonly #idle = new Set<string>()

  /**
   * One more part is done.
   *
   * @param tokens of the records that the part belongs to and that are not done
   * @returns the tokens of what is complete now
   */
  add(parts: Parts, tokens: Iterable<Token>): Token[] {
    const sequence = this.#sequence(parts.id)
    sequence.indexes.add(parts.index)
    sequence.count = Math.max(sequence.count, parts.count)
    for (const token of tokens) {
      sequence.waiting.set(recordOf(token), token)
      this.#ids(recordOf(token)).add(parts.id)
    }
    this.#sort(parts.id, sequence)
    if (sequence.indexes.size < sequence.count) return []
    const complete = [...sequence.waiting.values()]
    this.#drop(parts.id, sequence)
    return parts.outer ? this.add(parts.outer, complete) : complete
  }

  /** The record waits for nothing any more. */
  forget(token: Omit<Token, 'attempt'>): void {
    const record = recordOf(token)
    for (const id of this.#idsOf.get(record) ?? []) {
      const sequence = this.#sequences.get(id)
      if (!sequence) continue
      sequence.waiting.delete(record)
      this.#sort(id, sequence)
    }
    this.#idsOf.delete(record)
  }

  /** Sequences of which some parts are done. */
  get open(): number {
    return this.#sequences.size
  }

  #sequence(id: string): Sequence {
    let sequence = this.#sequences.get(id)
    if (!sequence) {
      sequence = { indexes: new Set(), count: 0, waiting: new Map() }
      this.#sequences.set(id, sequence)
    }
    return sequence
  }

  #ids(record: string): Set<string> {
    let ids = this.#idsOf.get(record)
    if (!ids) {
      ids = new Set()
      this.#idsOf.set(record, ids)
    }
    return ids
  }

  /** Keeps apart what no record waits for, and not too much of it. */
  #sort(id: string, { waiting }: Sequence): void {
    this.#idle.delete(id)
    if (waiting.size > 0) return
    this.#idle.add(id)
    const [oldest] = this.#idle
    if (this.#idle.size <= MOST_IDLE || oldest === undefined) return
    this.#idle.delete(oldest)
    this.#sequences.delete(oldest)
  }

  #drop(id: string, { waiting }: Sequence): void {
    this.#idle.delete(id)
    this.#sequences.delete(id)
    for (const record of waiting.keys()) {
      const ids = this.#idsOf.get(record)
      ids?.delete(id)
      if (ids?.size === 0) this.#idsOf.delete(record)
    }
  }
}
