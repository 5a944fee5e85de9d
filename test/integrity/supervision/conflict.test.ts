import { AssignerProtocol, Kafka, logLevel, type PartitionAssigner } from 'kafkajs'
import type { RunningEmulator } from '../../support/emulator'
import { Resources } from '../../support/resources'
import { GROUP, Supervised } from '../support/supervised'

const OTHER_LOGSTORE = 'other'
/** Leaving takes a heartbeat and, where the join was refused, a back-off of at most 33 s. */
const READS_WITHIN_MS = 90_000

describe('supervision: a group with a client of another kind', function () {
  this.timeout(180_000)
  const resources = new Resources()

  afterEach(() => resources.end())

  it('that assigns its own logstore alone: says so, stays, and reads when the other has left', async () => {
    const { supervised, leave } = await afterTheOther('range')
    await supervised.shows('red group-conflict SLS_GROUP_CONFLICT')
    await supervised.write(40)
    await leave()
    await supervised.reads(READS_WITHIN_MS)
    supervised.assertTold(['SLS_GROUP_CONFLICT'])
    await supervised.assertLeavesNothing()
  })

  it('that shares in another way: says so, and reads when the other has left', async () => {
    const { supervised, leave } = await afterTheOther('of-its-own')
    await supervised.shows('red group-conflict SLS_GROUP_CONFLICT')
    await leave()
    await supervised.reads(READS_WITHIN_MS)
    supervised.assertTold(['SLS_GROUP_CONFLICT'])
    await supervised.assertLeavesNothing()
  })

  async function afterTheOther(
    protocol: string,
  ): Promise<{ supervised: Supervised; leave: () => Promise<void> }> {
    let leave = (): Promise<void> => Promise.resolve()
    const supervised = await Supervised.start(resources, {}, {}, async (endpoint) => {
      await endpoint.createLogstore(OTHER_LOGSTORE, 1)
      leave = await joinAsAnother(endpoint, protocol)
      resources.onEnd(() => leave())
    })
    return { supervised, leave }
  }
})

/** @returns a function by which it leaves; it may be called twice */
async function joinAsAnother(
  { port, ca, project, accessKeyId, accessKeySecret }: RunningEmulator,
  protocol: string,
): Promise<() => Promise<void>> {
  const consumer = new Kafka({
    brokers: [`localhost:${port}`],
    ssl: { ca },
    sasl: { mechanism: 'plain', username: project, password: `${accessKeyId}#${accessKeySecret}` },
    logLevel: logLevel.NOTHING,
  }).consumer({ groupId: GROUP, partitionAssigners: [assignerForItself(protocol)] })
  const joined = new Promise<void>((resolve) => {
    consumer.on(consumer.events.GROUP_JOIN, () => {
      resolve()
    })
  })
  await consumer.connect()
  await consumer.subscribe({ topics: [OTHER_LOGSTORE] })
  await consumer.run({ eachMessage: () => Promise.resolve() })
  await joined
  return () => consumer.disconnect()
}

/** Gives members what it knows of, as a leader of Kafka's older clients does. */
function assignerForItself(name: string): PartitionAssigner {
  const { MemberAssignment, MemberMetadata } = AssignerProtocol
  const userData = Buffer.alloc(0)
  return () => ({
    name,
    version: 0,
    protocol: ({ topics }) => ({
      name,
      metadata: MemberMetadata.encode({ version: 0, topics, userData }),
    }),
    assign: ({ members }) =>
      Promise.resolve(
        members.map(({ memberId, memberMetadata }) => {
          const isOwn = MemberMetadata.decode(memberMetadata)?.topics.includes(OTHER_LOGSTORE)
          const assignment = isOwn ? { [OTHER_LOGSTORE]: [0] } : {}
          return {
            memberId,
            memberAssignment: MemberAssignment.encode({ version: 0, assignment, userData }),
          }
        }),
      ),
  })
}
