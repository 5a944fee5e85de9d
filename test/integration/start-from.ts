import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import type { Broker, Service } from '../../tools/shared/broker'
import type { SinkMessage } from '../../tools/shared/node-red'
import { linesByPartition, ConsumerProcess } from '../../tools/shared/consumer-process'
import { withBroker } from '../support/suite'
import { assertReceived, createTopicWith, joined, numberedLines, produceAll } from './lines'
import { startWriter } from './writer'

const RECORDS = 60
const PARTITIONS = 4
/** A partition to which nothing is written. */
const IDLE = 3

const sorted = (lines: readonly string[]): string[] => lines.toSorted()

export function startsWhereItIsTold(service: Service): void {
  describe('where reading starts', () => {
    let broker: Broker
    const ofOne = withBroker(service, (started) => {
      broker = started
    })

    it('is the end of the logstore for a new group with startFrom latest', async () => {
      const topic = 'new-group'
      const old = numberedLines('old', RECORDS, PARTITIONS)
      const written = numberedLines('written', RECORDS, PARTITIONS)
      await createTopicWith(broker, topic, old)
      const consumer = await ConsumerProcess.start(ofOne, broker)

      await consumer.deploy({ logstore: topic, group: topic, startFrom: 'latest' })
      await consumer.reads(PARTITIONS)
      await produceAll(broker, topic, written)
      await consumer.hasReceived(RECORDS)
      await consumer.stop()
      assertReceived(consumer, written)
    })

    it('is the committed offset of a group that has one, whatever startFrom says', async () => {
      const topic = 'known-group'
      const settings = { logstore: topic, group: topic }
      const first = numberedLines('first', RECORDS, PARTITIONS)
      const missed = numberedLines('missed', RECORDS, PARTITIONS)
      const last = numberedLines('last', RECORDS, PARTITIONS)
      await createTopicWith(broker, topic, first)
      const consumer = await ConsumerProcess.start(ofOne, broker)

      await consumer.deploy({ ...settings, startFrom: 'earliest' })
      await consumer.hasReceived(RECORDS)
      await consumer.deploy()
      await produceAll(broker, topic, missed)
      await consumer.deploy({ ...settings, startFrom: 'latest' })
      await consumer.hasReceived(2 * RECORDS)
      await consumer.deploy({ ...settings, startFrom: 'earliest' })
      await produceAll(broker, topic, last)
      await consumer.hasReceived(3 * RECORDS)
      await consumer.stop()
      assertReceived(consumer, joined(first, missed, last))
    })

    it('is a time for a new group with startFrom time, and the end of a shard that has nothing since', async () => {
      const topic = 'from-a-time'
      const old = numberedLines('old', RECORDS, PARTITIONS)
      const since = numberedLines('since', RECORDS, PARTITIONS).with(IDLE, [])
      const later = numberedLines('later', RECORDS, PARTITIONS)
      await createTopicWith(broker, topic, old)
      const startTime = inChina(await nextMillisecond())
      await produceAll(broker, topic, since)
      const consumer = await ConsumerProcess.start(ofOne, broker)

      await consumer.deploy({ logstore: topic, group: topic, startFrom: 'time', startTime })
      await consumer.hasReceived(since.flat().length)
      await produceAll(broker, topic, later)
      await consumer.hasReceived(since.flat().length + RECORDS)
      await consumer.stop()
      assertReceived(consumer, joined(since, later))
    })

    it('is a time that counts back from the start, and the committed offset ever after', async () => {
      const topic = 'an-hour-ago'
      const settings = { logstore: topic, group: topic, startFrom: 'time' }
      const first = numberedLines('first', RECORDS, PARTITIONS)
      const second = numberedLines('second', RECORDS, PARTITIONS)
      await createTopicWith(broker, topic, first)
      const consumer = await ConsumerProcess.start(ofOne, broker)

      await consumer.deploy({ ...settings, startTime: '-1h' })
      await consumer.hasReceived(RECORDS)
      await consumer.deploy()
      await produceAll(broker, topic, second)
      await consumer.deploy({ ...settings, startTime: '-2h' })
      await consumer.hasReceived(2 * RECORDS)
      await consumer.stop()
      assertReceived(consumer, joined(first, second))
    })

    it('is the same time for two Node-RED processes that start a new group at the same moment', async () => {
      const topic = 'from-a-time-twice'
      const old = numberedLines('old', RECORDS, PARTITIONS)
      const since = numberedLines('since', RECORDS, PARTITIONS)
      await createTopicWith(broker, topic, old)
      const startTime = inChina(await nextMillisecond())
      await produceAll(broker, topic, since)
      const consumers = await Promise.all([
        ConsumerProcess.start(ofOne, broker),
        ConsumerProcess.start(ofOne, broker),
      ])

      const settings = { logstore: topic, group: topic, startFrom: 'time', startTime }
      await Promise.all(consumers.map((consumer) => consumer.deploy(settings)))
      await Promise.all(since.map((lines) => hasArrived(consumers, lines.at(-1) ?? '')))
      await Promise.all(consumers.map((consumer) => consumer.stop()))
      const records = consumers.flatMap((consumer) => consumer.records.messages)
      const received = linesByPartition(records, PARTITIONS)
      // A shard that moves while its records are under way gives them again.
      const once = received.map((lines) => [...new Set(lines)])
      assert.deepEqual(once.map(sorted), since.map(sorted))
      await assertNothingReadBefore(broker, topic, records)
    })

    for (const { title, processes, nodes } of [
      { title: 'two nodes of one Node-RED', processes: 1, nodes: 2 },
      { title: 'two Node-RED processes', processes: 2, nodes: 1 },
    ]) {
      it(`is the same for ${title} that start a new group at the same moment`, async () => {
        const topic = `new-group-of-${processes}-processes`
        const settings = { logstore: topic, group: topic, startFrom: 'latest' }
        const old = numberedLines('old', RECORDS, PARTITIONS)
        const running = numberedLines('running', RECORDS, PARTITIONS)
        await createTopicWith(broker, topic, old)
        const consumers = await Promise.all(
          Array.from({ length: processes }, () => ConsumerProcess.start(ofOne, broker)),
        )

        const writer = startWriter(broker, topic, PARTITIONS)
        await Promise.all(
          consumers.map((consumer) =>
            consumer.deploy(...Array<typeof settings>(nodes).fill(settings)),
          ),
        )
        await Promise.all(consumers.flatMap((consumer) => bothRead(consumer, nodes)))
        const starting = await writer.stop()
        await produceAll(broker, topic, running)
        await Promise.all(running.map((lines) => hasArrived(consumers, lines.at(-1) ?? '')))
        await Promise.all(consumers.map((consumer) => consumer.stop()))

        const records = consumers.flatMap((consumer) => consumer.records.messages)
        const received = linesByPartition(records, PARTITIONS)
        const of = (lines: readonly (readonly string[])[], partition: number): string[] =>
          (received[partition] ?? []).filter((line) => lines[partition]?.includes(line))
        for (let partition = 0; partition < PARTITIONS; partition++) {
          assert.deepEqual(of(old, partition), [], 'written before')
          assert.deepEqual(of(running, partition), running[partition], 'written when both ran')
          assertNoGap(of(starting, partition), starting[partition] ?? [])
        }
        await assertNothingReadBefore(broker, topic, records)
      })
    }
  })
}

/** Unix ms: after all that was written so far, and not after what is written from now on. */
export async function nextMillisecond(): Promise<number> {
  const last = Date.now()
  while (Date.now() === last) await setImmediate()
  return Date.now()
}

/** As a user types it, with the zone of China. */
function inChina(time: number): string {
  return new Date(time + 8 * 3_600_000).toISOString().replace('Z', '+08:00')
}

/** Each node gets its share of the shards. */
function bothRead(consumer: ConsumerProcess, nodes: number): Promise<void>[] {
  return Array.from({ length: nodes }, (_, index) =>
    consumer.reads(PARTITIONS / 2, `flow-${index}-in`),
  )
}

async function hasArrived(consumers: readonly ConsumerProcess[], line: string): Promise<void> {
  await Promise.any(consumers.map((consumer) => consumer.hasLine(line)))
}

/**
 * Records written while the group starts: whatever was the first to be delivered, all that follow are
 * as well. They may come again, because their shard moves when the second member joins.
 */
function assertNoGap(received: readonly string[], written: readonly string[]): void {
  const first = written.findIndex((line) => received.includes(line))
  const expected = first < 0 ? [] : written.slice(first)
  assert.deepEqual([...new Set(received)].toSorted(), expected.toSorted(), 'written at the start')
}

/**
 * Starting nodes may set the positions of an empty group one after the other, but none does so once
 * a consumer reads. Only the emulator tells who has committed.
 */
async function assertNothingReadBefore(
  broker: Broker,
  group: string,
  records: readonly SinkMessage[],
): Promise<void> {
  const commits = (await broker.commitsWithoutMember?.(group)) ?? []
  for (const { partition, offset = '' } of records) {
    const position = commits.findLast(({ shard }) => shard === partition)?.offset
    assert.ok(
      position === undefined || BigInt(offset) >= BigInt(position),
      `read at ${offset}, and the position set to ${position ?? ''}`,
    )
  }
}
