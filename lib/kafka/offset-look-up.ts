import type { MemberOptions } from './client-config'
import { REQUEST_TIMEOUT } from './constants'
import { Dialer } from './dialer'
import { KafkaSession } from './session'
import type { OffsetRange } from './source'

/**
 * Asks where records are, each time through a connection of its own: a member's connections wait for
 * fetches, or for the group.
 */
export class OffsetLookUp {
  readonly #options: MemberOptions
  readonly #dialers = new Set<Dialer>()
  #isClosed = false

  constructor(options: MemberOptions) {
    this.#options = options
  }

  ranges(): Promise<Map<number, OffsetRange>> {
    return this.#ask(async (session) => {
      // In this order: what comes in between is within the range.
      const earliest = await session.earliestOffsets()
      const ends = await session.endOffsets()
      const ranges = [...earliest].flatMap(([shard, first]): [number, OffsetRange][] => {
        const end = ends.get(shard)
        return end === undefined ? [] : [[shard, { earliest: first, end }]]
      })
      return new Map(ranges)
    })
  }

  /** @param time milliseconds since 1970 */
  at(time: number): Promise<Map<number, bigint>> {
    return this.#ask((session) => session.offsetsAt(time))
  }

  /** What is under way fails. */
  close(): void {
    this.#isClosed = true
    for (const dialer of this.#dialers) dialer.close()
  }

  async #ask<T>(question: (session: KafkaSession) => Promise<T>): Promise<T> {
    const { consumer, logger } = this.#options
    const dialer = new Dialer({
      project: consumer.project,
      groupWait: REQUEST_TIMEOUT,
      onError: (error) => {
        logger.debug(`could not look up offsets: ${String(error)}`)
      },
    })
    if (this.#isClosed) dialer.close()
    this.#dialers.add(dialer)
    try {
      const session = await KafkaSession.open({ ...this.#options, dialer })
      const answer = await question(session)
      await session.close()
      return answer
    } finally {
      dialer.close()
      this.#dialers.delete(dialer)
    }
  }
}
