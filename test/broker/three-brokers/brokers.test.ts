import { itInFull } from '../full'
import { Rig } from './rig'
import { endedAfterAll } from '../../support/suite'

describe('a consumer with commit onAck on three brokers of Apache Kafka', function () {
  this.timeout(240_000)
  const resources = endedAfterAll()
  let rig: Rig

  before(async () => {
    rig = await Rig.start(resources)
  })

  it('reads on after the coordinator was killed, loses nothing and commits nothing too soon', async () => {
    const { server } = await rig.coordinator()
    await rig.disturb('kill -9 of the coordinator', () => server.kill())
    await server.start()
    await rig.untilInSync()
    await rig.account()
  })

  itInFull('does the same after a leader was killed that is not the coordinator', async () => {
    const { server } = await rig.leader()
    await rig.disturb('kill -9 of a leader', () => server.kill())
    await server.start()
    await rig.untilInSync()
    await rig.account()
  })

  itInFull('does the same while each broker is restarted in turn', async () => {
    for (const { nodeId, server } of rig.kafka.brokers) {
      await rig.disturb(`stop of broker ${nodeId}`, () => server.shutDown())
      await server.start()
      await rig.untilInSync()
    }
    await rig.account()
  })
})
