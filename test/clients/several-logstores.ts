import assert from 'node:assert/strict'
import { createTopicWith, numberedLines, produceAll } from '../integration/lines'
import type { Broker, Service } from '../../tools/shared/broker'
import { withBroker } from '../support/suite'
import { assertNothingLost, assertOnceEach } from './account'
import { assertCommittedToTheEnd } from './committed'
import { KAFKA_PYTHON, OURS, untilItHasRead, untilItReads, type Kind, type Member } from './member'

const RECORDS = 1_200
const ACCESS_SHARDS = 4
const APP_SHARDS = 3
/** The first one in a group leads it: it also deals out the logstore that it does not read. */
const ORDERS = [
  { leader: OURS, follower: KAFKA_PYTHON },
  { leader: KAFKA_PYTHON, follower: OURS },
]

export function severalLogstoresInOneGroup(service: Service): void {
  describe('two logstores in one group', () => {
    let broker: Broker
    const ofOne = withBroker(service, (started) => {
      broker = started
    })

    for (const { leader, follower } of ORDERS) {
      it(`go each to its own readers, all shards of it, where ${leader.name} leads`, () =>
        eachReadsItsOwn(leader, follower))
    }

    async function eachReadsItsOwn(leader: Kind, follower: Kind): Promise<void> {
      const group = `led-by-${leader.name}`
      const access = `access-log-${group}`
      const app = `app-log-${group}`
      const oldAccess = numberedLines('old access', RECORDS, ACCESS_SHARDS)
      const oldApp = numberedLines('old app', RECORDS, APP_SHARDS)
      const newAccess = numberedLines('new access', RECORDS, ACCESS_SHARDS)
      const newApp = numberedLines('new app', RECORDS, APP_SHARDS)
      const lastAccess = numberedLines('last access', RECORDS, ACCESS_SHARDS)
      const lastApp = numberedLines('last app', RECORDS, APP_SHARDS)
      const start = (kind: Kind, logstore: string): Promise<Member> =>
        ofOne.started(Promise.resolve(kind.start(broker, { logstore, group })))

      await createTopicWith(broker, access, oldAccess)
      await createTopicWith(broker, app, oldApp)
      const leading = await start(leader, access)
      await untilItReads(leading, ACCESS_SHARDS)
      const following = await start(follower, access)
      const onApp = await start(OURS, app)
      await Promise.all([
        untilItReads(leading, ACCESS_SHARDS / 2),
        untilItReads(following, ACCESS_SHARDS / 2),
        untilItReads(onApp, APP_SHARDS),
      ])
      await produceAll(broker, access, newAccess)
      await produceAll(broker, app, newApp)
      await Promise.all([
        untilItHasRead(leading, newAccess),
        untilItHasRead(following, newAccess),
        untilItHasRead(onApp, newApp),
      ])

      await following.stop()
      await untilItReads(leading, ACCESS_SHARDS)
      await produceAll(broker, access, lastAccess)
      await produceAll(broker, app, lastApp)
      await Promise.all([untilItHasRead(leading, lastAccess), untilItHasRead(onApp, lastApp)])
      assert.equal(onApp.shards.length, APP_SHARDS, 'shards of the reader of the other logstore')
      await Promise.all([leading.stop(), onApp.stop()])

      const ofAccess = [...leading.deliveries, ...following.deliveries]
      assertNothingLost('written to the first logstore before', oldAccess, ofAccess)
      assertNothingLost('written to the second logstore before', oldApp, onApp.deliveries)
      assertOnceEach('written to the first logstore', newAccess, ofAccess)
      assertOnceEach('written to the second logstore', newApp, onApp.deliveries)
      assertOnceEach('written to the first logstore after one left', lastAccess, leading.deliveries)
      assertOnceEach('written to the second logstore after one left', lastApp, onApp.deliveries)
      for (const logstore of [access, app]) {
        await assertCommittedToTheEnd(broker, group, logstore)
      }
      assert.deepEqual(await broker.members(group), [])
    }
  })
}
