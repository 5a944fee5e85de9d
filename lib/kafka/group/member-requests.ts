import { settledWithin } from '../../async'
import type { Cluster } from '../cluster/cluster'
import type { Connection } from '../connection/connection'
import { describeGroup, leaveGroup } from './group-requests'
import type { GroupMemberParts, MemberSettings } from './group-member-types'
import type { KafkaRequest, Response } from '../request'

/** A close waits this long for the main connection before it uses a spare one. */
const CLOSE_REQUEST_TIMEOUT_MS = 1_000

/** The main connection can carry no request, because a join waits on it. */
export class GroupWaitError extends Error {
  override readonly message = 'the connection waits for the group'
}

/**
 * Takes a member out of its group, also while its join waits. A connection with a waiting join carries no
 * other request, and the service does not notice when that connection closes. The member would keep its
 * shards until its session times out, so a spare connection sends the LeaveGroup.
 */
export class MemberRequests {
  readonly #settings: MemberSettings
  readonly #cluster: Cluster
  readonly #closing = new AbortController()
  /** Resolves `CLOSE_REQUEST_TIMEOUT_MS` after `beginClose`. */
  readonly #closeTimeout: Promise<void>
  /** True while a join without a member id is under way, and after the connection of such a join broke. */
  #mayHaveLostMember = false
  /** Member id in the response to the last join; empty if the connection broke. */
  #chosenId = Promise.resolve('')
  #cancel: () => void = () => undefined

  constructor(settings: MemberSettings, { cluster, clock }: GroupMemberParts) {
    this.#settings = settings
    this.#cluster = cluster
    this.#closeTimeout = new Promise((resolve) => {
      this.#closing.signal.addEventListener('abort', () => {
        this.#cancel = clock.after(CLOSE_REQUEST_TIMEOUT_MS, resolve)
      })
    })
  }

  /** Aborts when a close begins. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** Whether the group can have a member of this client whose id did not arrive. */
  get mayHaveLostMember(): boolean {
    return this.#mayHaveLostMember
  }

  /** From now on requests use a spare connection if the main one does not respond in time. */
  beginClose(): void {
    this.#closing.abort()
  }

  /** Stops the timer of the close. */
  end(): void {
    this.#cancel()
  }

  /**
   * Records that a join request is under way.
   *
   * @param memberId empty if the group has not chosen one
   * @param response resolves with the member id that the group has chosen
   */
  trackJoin(memberId: string, response: Promise<string>): void {
    this.#mayHaveLostMember ||= memberId === ''
    this.#chosenId = response.then(
      (chosen) => {
        this.#mayHaveLostMember = false
        return chosen
      },
      () => '',
    )
  }

  /**
   * Sends a request through the main connection. During a close a spare connection sends the request again
   * if the main one waits for a join, breaks, or gets no response in time.
   */
  async send<R extends Response>(
    request: KafkaRequest<R>,
    main: () => Promise<Connection>,
  ): Promise<R> {
    const sent = main().then((connection) => {
      if (connection.groupWait) throw new GroupWaitError()
      return connection.send(request)
    })
    const hasResponded = await Promise.race([
      sent.then(
        () => true,
        () => false,
      ),
      this.#closeTimeout.then(() => false),
    ])
    if (hasResponded || !this.#closing.signal.aborted) return sent
    const coordinator = await this.#cluster.coordinator(this.#settings.group)
    const spare = await this.#cluster.connection(coordinator, 'spare')
    return spare.send(request)
  }

  /** Leaves the group. @param memberId empty while the group has not chosen one */
  async leave(memberId: string): Promise<void> {
    const { group } = this.#settings
    const main = async (): Promise<Connection> =>
      this.#cluster.connection(await this.#cluster.coordinator(group), 'main')
    const leaveAs = (id: string): Promise<unknown> =>
      this.send(leaveGroup({ group, memberId: id }), main)
    if (memberId !== '') await leaveAs(memberId)
    if (!this.#mayHaveLostMember) return
    if ((await this.#leaveByClientId()) > 0) return
    // The group does not list a member that has only just got its id: only the response names it.
    const chosen = await this.#chosenId
    if (chosen !== '') await leaveAs(chosen)
  }

  /** Removes the member of an earlier join whose response was lost. Called before a join without a member id. */
  async leaveLostMember(): Promise<void> {
    if (!this.#mayHaveLostMember) return
    await settledWithin(this.#leaveByClientId(), CLOSE_REQUEST_TIMEOUT_MS)
  }

  /** Sends a LeaveGroup, and waits for at most `CLOSE_REQUEST_TIMEOUT_MS`. Never rejects. */
  async tryToLeave(memberId: string): Promise<void> {
    const { group } = this.#settings
    const left = this.#cluster.sendToCoordinator(group, leaveGroup({ group, memberId }))
    await settledWithin(left, CLOSE_REQUEST_TIMEOUT_MS)
  }

  /** Removes all members with the own client id. @returns their number */
  async #leaveByClientId(): Promise<number> {
    const { group, clientId } = this.#settings
    const { members } = await this.#cluster.sendToCoordinator(group, describeGroup(group))
    const own = members.filter((member) => member.clientId === clientId)
    for (const { memberId } of own) {
      await this.#cluster.sendToCoordinator(group, leaveGroup({ group, memberId }))
    }
    if (own.length > 0) this.#mayHaveLostMember = false
    return own.length
  }
}
