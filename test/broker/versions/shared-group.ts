import assert from 'node:assert/strict'
import { createTopicWith, joined, numberedLines, produceAll } from '../../integration/lines'
import type { Broker, Service } from '../../../tools/shared/broker'
import { RunningSource } from '../../support/contract/running-source'
import { withBroker } from '../../support/suite'

const SHARDS = 4
const RECORDS = 200
const LOGSTORE = 'shared'

/** Members that come and go keep what stays theirs, and hand over the rest at what is committed. */
export function sharesAGroup(service: Service): void {
  describe('a group of two members', () => {
    let broker: Broker
    const ofOne = withBroker(service, (started) => {
      broker = started
    })

    it('keeps shards through two rejoins, and sends every record once', async () => {
      const [before, between, after] = ['before', 'between', 'after'].map((name) =>
        numberedLines(name, RECORDS, SHARDS),
      ) as [string[][], string[][], string[][]]
      await createTopicWith(broker, LOGSTORE, before)
      const settings = { logstore: LOGSTORE, group: LOGSTORE, startFrom: 'earliest' }
      const first = new RunningSource(broker, settings, 'first').start()
      ofOne.onEnd(() => first.stop())
      await first.untilRecords(RECORDS)

      const second = new RunningSource(broker, settings, 'second').start()
      ofOne.onEnd(() => second.stop())
      await Promise.all([
        first.until('two shards', () => first.shards.length === SHARDS / 2),
        second.until('two shards', () => second.shards.length === SHARDS / 2),
      ])
      assert.deepEqual([...(first.assignments.at(-1)?.kept ?? [])], first.shards)
      await produceAll(broker, LOGSTORE, between)
      await Promise.all([
        first.untilRecords(RECORDS + RECORDS / 2),
        second.untilRecords(RECORDS / 2),
      ])
      const kept = first.shards

      await second.stop()
      await first.until('all shards', () => first.shards.length === SHARDS)
      assert.deepEqual([...(first.assignments.at(-1)?.kept ?? [])], kept)
      await produceAll(broker, LOGSTORE, after)
      await first.untilRecords(2 * RECORDS + RECORDS / 2)
      await first.stop()

      for (const [shard, lines] of joined(before, between, after).entries()) {
        const sent = [...first.values(shard), ...second.values(shard)]
        assert.deepEqual(sent.toSorted(), lines.toSorted(), `shard ${shard}`)
      }
      assert.deepEqual(
        await broker.committed(LOGSTORE, LOGSTORE),
        await broker.endOffsets(LOGSTORE),
      )
      assert.deepEqual(await broker.members(LOGSTORE), [])
    })
  })
}
