import type { MemberOptions } from './client-config'
import { privateKafkaJS } from './hardening/private-kafkajs'
import { KafkaSession } from './session'
import type { OffsetRange } from './source'

/**
 * Asks where records are, and who reads them, each time through a connection of its own: a member's connections wait for
 * fetches, or for the group.
 */
export class LookUp {
  readonly #options: MemberOptions
  readonly #sessions = new Set<KafkaSession>()
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

  /** Whether a shard of the logstore is assigned to anybody; null while the group assigns anew. */
  async isRead(): Promise<boolean | null> {
    const { group, logstore } = this.#options.consumer
    const { MemberAssignment } = privateKafkaJS().kafkajs.AssignerProtocol
    const { state, members } = await this.#ask((session) => session.describe(group))
    if (state !== 'Stable') return null
    return members.some(({ memberAssignment }) => {
      const assigned = MemberAssignment.decode(memberAssignment)?.assignment[logstore]
      return assigned !== undefined && assigned.length > 0
    })
  }

  /** What is under way fails. */
  close(): void {
    this.#isClosed = true
    for (const session of this.#sessions) void session.close()
  }

  async #ask<T>(question: (session: KafkaSession) => Promise<T>): Promise<T> {
    const session = new KafkaSession(this.#options)
    if (this.#isClosed) void session.close()
    this.#sessions.add(session)
    try {
      await session.open()
      return await question(session)
    } finally {
      this.#sessions.delete(session)
      await session.close()
    }
  }
}
