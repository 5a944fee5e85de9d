/** One accepted commit of one shard, for tests that watch what a client commits and when. */
export interface JournalEntry {
  /** Unix ms. */
  readonly time: number
  readonly group: string
  /** Empty for a commit without membership. */
  readonly member: string
  readonly generation: number
  readonly logstore: string
  readonly shard: number
  readonly offset: bigint
}

/** Older entries are forgotten, so that an endpoint that runs for days stays small. */
const MAX_ENTRIES = 100_000

export class CommitJournal {
  #recent: JournalEntry[] = []

  get entries(): readonly JournalEntry[] {
    return this.#recent.slice(-MAX_ENTRIES)
  }

  add(entry: JournalEntry): void {
    this.#recent.push(entry)
    if (this.#recent.length > 2 * MAX_ENTRIES) this.#recent = this.#recent.slice(-MAX_ENTRIES)
  }
}
