import { encodeAssignment } from '../../lib/kafka/group/group-protocol'
import { describeAs } from './described-group'
import type { FakeCluster } from './fake-cluster'
import type { CodecApi } from './emulator-codec'

/** A group that lets a member wait is in one of these states. */
const STATE_WHILE_HELD: Partial<Record<CodecApi, string>> = {
  JoinGroup: 'PreparingRebalance',
  SyncGroup: 'CompletingRebalance',
}

/** The coordinator of one group with one member of this client, as far as a test lets it be one. */
export class FakeGroup {
  readonly #cluster: FakeCluster
  readonly #logstore: string
  /** Error codes of the next responses, by API. */
  readonly #codes = new Map<CodecApi, number[]>()
  readonly #gates = new Map<CodecApi, Promise<void>>()
  #ids = 0
  /** Of the last join; a join begins a new one. */
  generation = 0
  keepsGeneration = false
  /** Whether the member of this client leads the group. */
  isLed = false
  requiresMemberId = false
  /** What the leader assigns to the member of this client, if another member leads. */
  shards: readonly number[] = [0, 1]
  protocol = 'range'

  constructor(cluster: FakeCluster, logstore: string) {
    this.#cluster = cluster
    this.#logstore = logstore
    this.#answerJoins()
    this.#answerOthers()
    this.#describe('Stable')
  }

  /** The next responses of this API have these error codes; 0 for none. */
  refuse(api: CodecApi, codes: readonly number[]): void {
    this.#codes.set(api, [...codes])
  }

  /** Responses of this API wait from now on. @returns a function that lets them go */
  hold(api: CodecApi): () => void {
    this.#describe(STATE_WHILE_HELD[api] ?? 'Stable')
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#gates.set(api, gate)
    return () => {
      this.#gates.delete(api)
      this.#describe('Stable')
      release()
    }
  }

  #describe(state: string): void {
    describeAs(this.#cluster, state, [])
  }

  async #code(api: CodecApi): Promise<number> {
    const code = this.#codes.get(api)?.shift() ?? 0
    await this.#gates.get(api)
    return code
  }

  #answerJoins(): void {
    this.#cluster.on('JoinGroup', async ({ memberId, protocols }) => {
      const asksForId = this.requiresMemberId && memberId === ''
      const error = (await this.#code('JoinGroup')) || (asksForId ? 79 : 0)
      const isNew = memberId === '' && (error === 0 || error === 79)
      const id = isNew ? `m${++this.#ids}` : memberId
      const nothing = { generation: -1, protocol: '', leader: '', members: [] }
      if (error !== 0) return { error, memberId: id, ...nothing }
      if (!this.keepsGeneration) this.generation++
      const { generation, protocol } = this
      const metadata = protocols[0]?.metadata ?? Buffer.alloc(0)
      const members = this.isLed ? [{ id, metadata }] : []
      const leader = this.isLed ? id : 'another-member'
      return { error, generation, protocol, leader, memberId: id, members }
    })
    this.#cluster.on('SyncGroup', async ({ memberId, assignments }) => {
      const error = await this.#code('SyncGroup')
      const own = encodeAssignment(new Map([[this.#logstore, this.shards]]))
      const assignment = this.isLed ? assignments.get(memberId) : own
      return { error, assignment: error === 0 && assignment ? assignment : Buffer.alloc(0) }
    })
  }

  #answerOthers(): void {
    this.#cluster.on('Heartbeat', async () => ({ error: await this.#code('Heartbeat') }))
    this.#cluster.on('LeaveGroup', async () => ({ error: await this.#code('LeaveGroup') }))
    this.#cluster.on('OffsetCommit', async ({ topics }) => {
      const error = await this.#code('OffsetCommit')
      return {
        topics: topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partition }) => ({ partition, error })),
        })),
      }
    })
  }
}
