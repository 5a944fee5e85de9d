import assert from 'node:assert/strict'
import { createTopicWith, numberedLines, produceAll } from '../integration/lines'
import { startWriter } from '../integration/writer'
import type { Broker, Service } from '../../tools/shared/broker'
import { withBroker } from '../support/suite'
import { assertNothingLost, assertOnceEach } from './account'
import { assertCommittedToTheEnd, untilCommittedToTheEnd } from './committed'
import { KAFKA_PYTHON, OURS, untilItHasRead, untilItReads, type Kind, type Member } from './member'

const RECORDS = 1_200
const SHARDS = 6
/** The first one in a group leads it: its assigner deals the shards out to both. */
const ORDERS = [
  { first: OURS, second: KAFKA_PYTHON },
  { first: KAFKA_PYTHON, second: OURS },
]

export function oneGroupWithKafkaPython(service: Service): void {
  describe('sls-kafka-in and kafka-python in one group at the same time', () => {
    let broker: Broker
    const ofOne = withBroker(service, (started) => {
      broker = started
    })

    for (const { first, second } of ORDERS) {
      for (const leaving of [first, second]) {
        it(`${first.name} leads, ${second.name} joins, ${leaving.name} leaves`, () =>
          share(first, second, leaving))
      }
    }

    async function share(first: Kind, second: Kind, leaving: Kind): Promise<void> {
      const group = `${first.name}-first-${leaving.name}-leaves`
      const logstore = group
      const alone = numberedLines('alone', RECORDS, SHARDS)
      const shared = numberedLines('shared', RECORDS, SHARDS)
      const aloneAgain = numberedLines('alone again', RECORDS, SHARDS)
      const start = (kind: Kind): Promise<Member> =>
        ofOne.started(Promise.resolve(kind.start(broker, { logstore, group })))

      await createTopicWith(broker, logstore, alone)
      const one = await start(first)
      await untilItReads(one, SHARDS)
      await untilItHasRead(one, alone)
      await untilCommittedToTheEnd(broker, group, logstore)

      const joiningWriter = startWriter(broker, logstore, SHARDS)
      const other = await start(second)
      const both = [one, other]
      await Promise.all(both.map((member) => untilItReads(member, SHARDS / 2)))
      const joining = await joiningWriter.stop()
      await produceAll(broker, logstore, shared)
      await Promise.all(both.map((member) => untilItHasRead(member, shared)))
      assert.deepEqual(both.flatMap(({ shards }) => shards).toSorted(), [0, 1, 2, 3, 4, 5])

      const [leaver, stayer] = leaving === first ? [one, other] : [other, one]
      const leavingWriter = startWriter(broker, logstore, SHARDS)
      await leaver.stop()
      await untilItReads(stayer, SHARDS)
      const left = await leavingWriter.stop()
      await produceAll(broker, logstore, aloneAgain)
      await untilItHasRead(stayer, aloneAgain)
      await stayer.stop()

      const deliveries = both.flatMap((member) => member.deliveries)
      assertOnceEach('committed before the second joined', alone, deliveries)
      assertNothingLost('written while it joined', joining, deliveries)
      assertOnceEach('written while both read', shared, deliveries)
      assertNothingLost('written while one left', left, deliveries)
      assertOnceEach('written after it had left', aloneAgain, stayer.deliveries)
      await assertCommittedToTheEnd(broker, group, logstore)
      assert.deepEqual(await broker.members(group), [])
    }
  })
}
