interface Waiter {
  check: () => void
  fail: (reason: Error) => void
}

/** An append-only list that can be waited on: log lines, messages, events of a process. */
export class Journal<T> {
  readonly entries: T[] = []
  readonly #waiters = new Set<Waiter>()
  #ended: Error | undefined

  append(...entries: readonly T[]): void {
    for (const entry of entries) this.entries.push(entry)
    for (const waiter of [...this.#waiters]) waiter.check()
  }

  /** Ends the journal: every pending wait rejects with this reason at once. */
  end(reason: Error): void {
    this.#ended = reason
    for (const waiter of [...this.#waiters]) waiter.fail(reason)
  }

  /**
   * The first entry at or after index `from` that satisfies the predicate, present or future.
   * @param explain says what was missing when the wait fails
   */
  waitFor(
    predicate: (entry: T) => boolean,
    timeoutMs: number,
    explain: () => string,
    from = 0,
  ): Promise<T> {
    let next = from
    return this.#wait(timeoutMs, explain, () => {
      while (next < this.entries.length) {
        const entry = this.entries[next++] as T
        if (predicate(entry)) return { found: entry }
      }
      return undefined
    })
  }

  /** Resolves with all entries as soon as there are at least `count`. */
  waitForCount(count: number, timeoutMs: number, explain: () => string): Promise<readonly T[]> {
    return this.#wait(timeoutMs, explain, () =>
      this.entries.length >= count ? { found: this.entries } : undefined,
    )
  }

  #wait<R>(
    timeoutMs: number,
    explain: () => string,
    look: () => { found: R } | undefined,
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
      }
      const waiter: Waiter = {
        check: () => {
          try {
            const result = look()
            if (result === undefined) return
            settle()
            resolve(result.found)
          } catch (error) {
            // A predicate that throws (an assertion in it, say) fails its own wait and no other.
            settle()
            reject(error instanceof Error ? error : new Error(String(error)))
          }
        },
        fail: (reason) => {
          settle()
          reject(new Error(`${reason.message}: ${explain()}`, { cause: reason }))
        },
      }
      const timer = setTimeout(() => {
        waiter.fail(new Error(`Timed out after ${timeoutMs} ms`))
      }, timeoutMs)
      this.#waiters.add(waiter)
      waiter.check()
      if (this.#ended !== undefined && this.#waiters.has(waiter)) waiter.fail(this.#ended)
    })
  }
}
