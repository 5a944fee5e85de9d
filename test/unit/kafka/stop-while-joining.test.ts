import assert from 'node:assert/strict'
import { Dialer } from '../../../lib/kafka/dialer'
import { clientConfig, traceLog } from '../../../lib/kafka/client-config'
import { privateKafkaJS } from '../../../lib/kafka/hardening/private-kafkajs'
import type { BrokerInternals } from '../../../lib/kafka/internals'
import type { ConsumerOptions } from '../../../lib/options/consumer-options'
import { optionsFor } from '../../support/consumer-options'
import { startEmulator, type RunningEmulator } from '../../support/emulator'
import { SILENT_LOGGER } from '../../../lib/logger'
import { RunningConsumer } from '../../support/running-consumer'

const LOGSTORE = 'access-log'
const GROUP = 'node-red'

/** Longer than the test: nobody is dropped from the group for being silent. */
const REBALANCE_TIMEOUT = 60_000

interface JoiningBroker extends BrokerInternals {
  joinGroup(request: object): Promise<{ memberId: string }>
}

/** Members that join and then do nothing more: they hold a rebalance up for its whole time-out. */
class IdleMembers {
  readonly #dialers: Dialer[] = []
  readonly #options: ConsumerOptions

  constructor(options: ConsumerOptions) {
    this.#options = options
  }

  /** Resolves when the group lets it in, which may be never. */
  async join(): Promise<void> {
    const { Cluster, createLogger, kafkajs } = privateKafkaJS()
    const dialer = new Dialer({
      project: this.#options.project,
      groupWait: REBALANCE_TIMEOUT,
      onError: () => undefined,
    })
    this.#dialers.push(dialer)
    const cluster = new Cluster({
      ...clientConfig(this.#options.project, 'idle', dialer),
      retry: { retries: 0 },
      metadataMaxAge: REBALANCE_TIMEOUT,
      logger: createLogger({
        level: kafkajs.logLevel.NOTHING,
        logCreator: traceLog(SILENT_LOGGER),
      }),
    })
    await cluster.connect()
    await cluster.addMultipleTargetTopics([LOGSTORE])
    const broker = (await cluster.findGroupCoordinator({ groupId: GROUP })) as JoiningBroker
    const { MemberMetadata } = kafkajs.AssignerProtocol
    const metadata = MemberMetadata.encode({
      version: 0,
      topics: [LOGSTORE],
      userData: Buffer.alloc(0),
    })
    await broker.joinGroup({
      groupId: GROUP,
      sessionTimeout: REBALANCE_TIMEOUT,
      rebalanceTimeout: REBALANCE_TIMEOUT,
      groupProtocols: [{ name: 'range', metadata }],
    })
  }

  end(): void {
    for (const dialer of this.#dialers) dialer.close()
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
