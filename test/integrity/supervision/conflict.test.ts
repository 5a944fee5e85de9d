import { AssignerProtocol, Kafka, logLevel, type PartitionAssigner } from 'kafkajs'
import type { RunningEmulator } from '../../../tools/emulator/process'
import { GROUP, SupervisedRig } from '../support/supervised-rig'
import { endedAfterEach } from '../../support/suite'

const OTHER_LOGSTORE = 'other'
/** Leaving takes a heartbeat and, where the join was refused, a backoff of at most 33 s. */
const READS_WITHIN_MS = 90_000

describe('a consumer whose group has a client of another kind', function () {
  this.timeout(180_000)
  const resources = endedAfterEach()

  for (const [what, protocol] of [
    ['assigns its own logstore alone', 'range'],
    ['shares in another way', 'of-its-own'],
  ] as const) {
    it(`shows a conflict, and reads when the other has left that ${what}`, async () => {
      let leave = (): Promise<void> => Promise.resolve()
      const rig = await SupervisedRig.start(resources, {}, {}, async (emulator) => {
        await emulator.createLogstore(OTHER_LOGSTORE, 1)
        leave = await joinAsAnother(emulator, protocol)
        resources.onEnd(() => leave())
      })
      await rig.shows('red group-conflict SLS_GROUP_CONFLICT')
      await rig.write(40)
      await leave()
      await rig.reads(READS_WITHIN_MS)
      rig.assertReported(['SLS_GROUP_CONFLICT'])
      await rig.assertLeavesNothing()
    })
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
