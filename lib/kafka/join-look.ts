import { guarded } from '../guarded'
import type { Cluster } from './cluster'
import type { Connection } from './connection'
import { silenceError } from './connection-errors'
import { JOIN_LOOK_INTERVAL } from './constants'
import { describeGroup } from './group-requests'
import type { GroupMemberParts, MemberSettings } from './member-settings'

/** Looks that failed, after which the wait is left alone. */
const MOST_FAILURES = 3

/** States of a group that has answered all who joined. */
const OVER: ReadonlySet<string> = new Set(['Stable', 'Empty', 'Dead'])
/** The joins are answered; the leader's assignment is still waited for. */
const JOINED = 'CompletingRebalance'

/**
 * Watches a join that waits. A member can have to wait for the others for minutes, so the silence of its
 * connection says nothing, and a half-open connection would go unnoticed for as long. Another connection
 * asks for the state of the group. If the group has answered, by two looks in a row, the waiting
 * connection is dead and is ended. While the looks fail, nothing is done.
 *
 * @param onWaiting is called at each look. Its argument is monotonic: when the wait began
 * @returns a function that ends the watch
 */
export function watchJoin(
  connection: Connection,
  { group }: Pick<MemberSettings, 'group'>,
  { cluster, clock, logger }: Pick<GroupMemberParts, 'cluster' | 'clock' | 'logger'>,
  onWaiting: (sinceMs: number) => void,
): () => void {
  const look = new Look(connection, cluster, group)
  const onError = (error: unknown): void => {
    logger.debug(`could not look after a join: ${String(error)}`)
  }
  const check = guarded(onError, () => {
    const wait = connection.groupWait
    if (!wait || clock.monotonic() - wait.sinceMs < JOIN_LOOK_INTERVAL) return
    onWaiting(wait.sinceMs)
    return look.again()
  })
  return clock.every(JOIN_LOOK_INTERVAL, check)
}

class Look {
  readonly #connection: Connection
  readonly #cluster: Cluster
  readonly #group: string
  #isUnderWay = false
  #wasOver = false
  #failures = 0

  constructor(connection: Connection, cluster: Cluster, group: string) {
    this.#connection = connection
    this.#cluster = cluster
    this.#group = group
  }

  async again(): Promise<void> {
    if (this.#isUnderWay || this.#failures >= MOST_FAILURES) return
    this.#isUnderWay = true
    const before = this.#connection.groupWait
    try {
      const request = describeGroup(this.#group)
      const { state } = await this.#cluster.sendToCoordinator(this.#group, request)
      const isOver = OVER.has(state) || (state === JOINED && before?.request === 'join')
      const isSameWait = this.#connection.groupWait?.sinceMs === before?.sinceMs
      if (isOver && this.#wasOver && isSameWait) this.#connection.end(silenceError())
      this.#wasOver = isOver
    } catch (error) {
      this.#wasOver = false
      this.#failures++
      throw error
    } finally {
      this.#isUnderWay = false
    }
  }
}
