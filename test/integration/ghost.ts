import type { Service } from '../support/broker'
import { Reader } from '../support/reader'
import { Resources } from '../support/resources'
import type { Broker } from '../support/broker'

const PARTITIONS = 4
const TOPIC = 'ghost'

/** The session time-out of 120 s is left as it is: that long the member of a killed process would stay. */
export function ghostCostsNothing(service: Service): void {
  describe('a process that was killed', () => {
    const resources = new Resources()
    let broker: Broker

    before(async () => {
      broker = await resources.started(service.start())
    })

    after(() => resources.end())

    it('leaves a member behind, and the next one takes it out of the group and reads at once', async () => {
      await broker.createTopic(TOPIC, PARTITIONS)
      const reader = await Reader.start(resources, broker)
      await reader.deploy({ logstore: TOPIC, group: TOPIC, startFrom: 'earliest' })
      await reader.reads(PARTITIONS)
      await reader.nodeRed.kill()
      await reader.restart()
      await reader.reads(PARTITIONS)
      await broker.produce(TOPIC, 1, ['after the crash'])
      await reader.hasLine('after the crash')
      await reader.stop()
    })
  })
}
