import assert from 'node:assert/strict'
import { systemClock } from '../../../lib/clock'
import { Cluster } from '../../../lib/kafka/cluster/cluster'
import { encodeSubscription } from '../../../lib/kafka/group/group-protocol'
import { joinGroup } from '../../../lib/kafka/group/group-requests'
import type { ConsumerOptions } from '../../../lib/config/consumer-options'
import { optionsFor } from '../../../tools/shared/consumer-options'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { RunningConsumer } from '../../support/running-consumer'

const LOGSTORE = 'access-log'
const GROUP = 'node-red'

/** Longer than the test, so that the group drops no silent member. */
const REBALANCE_TIMEOUT = 60_000

/** Members that join and then do nothing more: they hold a rebalance up for its whole timeout. */
class IdleMembers {
  readonly #clusters: Cluster[] = []
  readonly #options: ConsumerOptions

  constructor(options: ConsumerOptions) {
    this.#options = options
  }

  /** Resolves when the group lets it in, which may be never. */
  async join(): Promise<void> {
    const { project } = this.#options
    const cluster = new Cluster({ project, clientId: 'idle', clock: systemClock }, () => undefined)
    this.#clusters.push(cluster)
    const connection = await cluster.connection(await cluster.coordinator(GROUP), 'main')
    const request = {
      group: GROUP,
      sessionTimeoutMs: REBALANCE_TIMEOUT,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT,
      protocols: [{ name: 'range', metadata: encodeSubscription([LOGSTORE]) }],
    }
    const first = await connection.send(joinGroup({ ...request, memberId: '' }), REBALANCE_TIMEOUT)
    if (first.errorCode === 0) return
    const { memberId } = first
    await connection.send(joinGroup({ ...request, memberId }), REBALANCE_TIMEOUT)
  }

  end(): void {
    for (const cluster of this.#clusters) cluster.close()
  }
}

describe('kafka: a stop while the group gathers its members', () => {
  let endpoint: RunningEmulator
  let idle: IdleMembers

  before(async () => {
    endpoint = await startEmulator()
    idle = new IdleMembers(optionsFor(endpoint, { logstore: LOGSTORE, group: GROUP }))
  })

  after(async () => {
    idle.end()
    await endpoint.stop()
  })

  it('commits everything that was sent, and leaves', async () => {
    const settings = { logstore: LOGSTORE, group: GROUP, startFrom: 'earliest' }
    const consumer = new RunningConsumer(endpoint, settings, 'leaving').start()
    await consumer.untilJoined()
    const joined = idle.join()
    await consumer.untilJoined(2)
    await joined
    await endpoint.append(LOGSTORE, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
    await consumer.untilMessages(consumer.shards)
    const sent = consumer.messages.length

    // The first idle member never rejoins, so this join stays pending, and ours with it.
    const stuck = idle.join()
    stuck.catch(() => undefined)
    await consumer.untilState('joining')
    await consumer.close()

    const state = (await endpoint.state()).groups.find(({ id }) => id === GROUP)
    assert.deepEqual(
      state?.members.filter(({ clientId }) => clientId.startsWith('leaving')),
      [],
    )
    const committed = new Map(state.offsets.map(({ shard, offset }) => [shard, offset]))
    for (const { partition, offset } of consumer.messages.slice(0, sent)) {
      assert.ok(BigInt(committed.get(partition) ?? 0) > BigInt(offset), `${partition}/${offset}`)
    }
  })
})
