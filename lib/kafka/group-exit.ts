import { settledWithin } from '../bounded'
import type { Cluster } from './cluster'
import type { Connection } from './connection'
import { describeGroup, leaveGroup } from './group-requests'
import type { GroupMemberParts, MemberSettings } from './member-settings'
import type { KafkaRequest, Response } from './request'

/** How long a close waits for the usual connection before it uses another one. */
const PATIENCE_MS = 1_000

/** The usual connection can carry no request, because a join waits on it. */
export class GroupWaitError extends Error {
  override readonly message = 'the connection waits for the group'
}

/**
 * How a member gets out of its group. A connection whose join waits can carry nothing else, and a service
 * does not notice that it was closed: the member would hold its shards until its session times out. Then
 * another connection takes the member out of the group.
 */
export class GroupExit {
  readonly #settings: MemberSettings
  readonly #cluster: Cluster
  readonly #closing = new AbortController()
  /** Resolves some time after `begin`. */
  readonly #outOfPatience: Promise<void>
  /** A join without a member id is under way, or was when its connection broke. */
  #mayHaveLostMember = false
  /** The member id that the last join was answered with; empty if the connection broke. */
  #joining = Promise.resolve('')
  #cancel: () => void = () => undefined

  constructor(settings: MemberSettings, { cluster, clock }: GroupMemberParts) {
    this.#settings = settings
    this.#cluster = cluster
    this.#outOfPatience = new Promise((resolve) => {
      this.#closing.signal.addEventListener('abort', () => {
        this.#cancel = clock.after(PATIENCE_MS, resolve)
      })
    })
  }

  /** Aborts when a close begins. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** Whether the group can hold a member of this client whose id was never told. */
  get mayHaveLostMember(): boolean {
    return this.#mayHaveLostMember
  }

  /** From now on requests do not wait for a connection that does not answer. */
  begin(): void {
    this.#closing.abort()
  }

  /** Nothing more is sent. */
  end(): void {
    this.#cancel()
  }

  /**
   * A join request is under way.
   *
   * @param memberId empty if the group has yet to choose it
   * @param answer the member id that the group has chosen
   */
  joining(memberId: string, answer: Promise<string>): void {
    this.#mayHaveLostMember ||= memberId === ''
    this.#joining = answer.then(
      (chosen) => {
        this.#mayHaveLostMember = false
        return chosen
      },
      () => '',
    )
  }

  /**
   * Sends a request through the usual connection, and during a close through a spare one if the usual one
   * waits for a join, breaks, or does not answer in time.
   */
  async send<R extends Response>(
    request: KafkaRequest<R>,
    usual: () => Promise<Connection>,
  ): Promise<R> {
    const sent = usual().then((connection) => {
      if (connection.groupWait) throw new GroupWaitError()
      return connection.send(request)
    })
    const isAnswered = await Promise.race([
      sent.then(
        () => true,
        () => false,
      ),
      this.#outOfPatience.then(() => false),
    ])
    if (isAnswered || !this.#closing.signal.aborted) return sent
    const coordinator = await this.#cluster.coordinator(this.#settings.group)
    const spare = await this.#cluster.connection(coordinator, 'spare')
    return spare.send(request)
  }

  /** @param memberId empty while the group has not told it */
  async leave(memberId: string): Promise<void> {
    const { group } = this.#settings
    const usual = async (): Promise<Connection> =>
      this.#cluster.connection(await this.#cluster.coordinator(group), 'main')
    const leaveAs = (id: string): Promise<unknown> =>
      this.send(leaveGroup({ group, memberId: id }), usual)
    if (memberId !== '') await leaveAs(memberId)
    if (!this.#mayHaveLostMember) return
    if ((await this.#leaveByClientId()) > 0) return
    // The group lists no member that it has just given an id: the answer alone names it.
    const chosen = await this.#joining
    if (chosen !== '') await leaveAs(chosen)
  }

  /** Before a join without a member id: an earlier one whose response got lost may have made a member. */
  async leaveLostMember(): Promise<void> {
    if (!this.#mayHaveLostMember) return
    await settledWithin(this.#leaveByClientId(), PATIENCE_MS)
  }

  /** Never rejects, and does not take long. */
  async tryToLeave(memberId: string): Promise<void> {
    const { group } = this.#settings
    const left = this.#cluster.sendToCoordinator(group, leaveGroup({ group, memberId }))
    await settledWithin(left, PATIENCE_MS)
  }

  /** @returns how many members there were */
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
