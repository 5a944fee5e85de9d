import { guarded } from '../../errors'
import type { Cluster } from '../cluster/cluster'
import type { Connection } from '../connection/connection'
import { silenceError } from '../connection/connection-errors'
import { JOIN_CHECK_INTERVAL_MS } from '../constants'
import { describeGroup } from './group-requests'
import type { GroupMemberParts, MemberSettings } from './group-member-types'

/** After this number of failed checks the watch stops checking. */
const MAX_FAILURES = 3

/** States of a group that has responded to all joins. */
const SETTLED_STATES: ReadonlySet<string> = new Set(['Stable', 'Empty', 'Dead'])
/** State of a group that has responded to all joins and waits for the leader's assignment. */
const JOINED_STATE = 'CompletingRebalance'

/**
 * Watches a join that waits for other members, which can take minutes. A half-open connection is as silent
 * as a waiting one, so another connection asks for the state of the group. The waiting connection is ended
 * if two checks in a row find that the group has responded. A failed check ends nothing.
 *
 * @param onWaiting called at each check with the start of the wait, in monotonic ms
 * @returns a function that ends the watch
 */
export function watchJoin(
  connection: Connection,
  { group }: Pick<MemberSettings, 'group'>,
  { cluster, clock, logger }: Pick<GroupMemberParts, 'cluster' | 'clock' | 'logger'>,
  onWaiting: (sinceMs: number) => void,
): () => void {
  const joinCheck = new JoinCheck(connection, cluster, group)
  const onError = (error: unknown): void => {
    logger.debug(`could not check a join: ${String(error)}`)
  }
  const check = guarded(onError, () => {
    const wait = connection.groupWait
    if (!wait || clock.monotonic() - wait.sinceMs < JOIN_CHECK_INTERVAL_MS) return
    onWaiting(wait.sinceMs)
    return joinCheck.check()
  })
  return clock.every(JOIN_CHECK_INTERVAL_MS, check)
}

class JoinCheck {
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

  async check(): Promise<void> {
    if (this.#isUnderWay || this.#failures >= MAX_FAILURES) return
    this.#isUnderWay = true
    const before = this.#connection.groupWait
    try {
      const request = describeGroup(this.#group)
      const { state } = await this.#cluster.sendToCoordinator(this.#group, request)
      const isOver =
        SETTLED_STATES.has(state) || (state === JOINED_STATE && before?.request === 'join')
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
