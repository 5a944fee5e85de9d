import assert from 'node:assert/strict'
import type { Broker, Service } from '../../tools/shared/broker'
import type { SinkMessage } from '../../tools/shared/node-red'
import { waitUntil } from '../../tools/shared/polling'
import { linesByPartition, ConsumerProcess } from '../../tools/shared/consumer-process'
import { startWriter, writtenAt } from './writer'
import { endedAfterAll } from '../support/suite'

const PARTITIONS = 4
const TOPIC = 'crash'
const GROUP = 'crash'
const COMMIT_INTERVAL_MS = 5_000
/** So that the group soon forgets a member that was killed; the shortest that services take. */
const SESSION_TIMEOUT_MS = 6_000
/** Twice the two commit intervals after which a record is committed at the latest. */
const COMMITTED_MS = 4 * COMMIT_INTERVAL_MS

export function commitsNotTooSoon(service: Service): void {
  describe('commit onSend', () => {
    const resources = endedAfterAll()
    let broker: Broker

    before(async () => {
      broker = await resources.started(service.start())
    })

    it('leaves out what was sent less than the commit interval ago: after a crash it comes again', async () => {
      await broker.createTopic(TOPIC, PARTITIONS)
      const consumer = await ConsumerProcess.start(resources, broker)
      await consumer.deploy({
        logstore: TOPIC,
        group: GROUP,
        startFrom: 'earliest',
        commitInterval: COMMIT_INTERVAL_MS,
        sessionTimeout: SESSION_TIMEOUT_MS,
      })
      await consumer.reads(PARTITIONS)
      const writer = startWriter(broker, TOPIC, PARTITIONS)
      resources.onEnd(() => writer.stop())
      await untilCommitted(broker)
      await consumer.nodeRed.kill()
      const killedAt = Date.now()
      const committed = await broker.committed(GROUP, TOPIC)

      await consumer.restart()
      await consumer.reads(PARTITIONS)
      const written = await writer.stop()
      await Promise.all(written.map((lines) => consumer.hasLine(lines.at(-1) ?? '')))
      assert.equal(await consumer.stop(), 0, 'exit code of Node-RED')

      const received = linesByPartition(consumer.records.messages, PARTITIONS)
      written.forEach((lines, partition) => {
        const done = linesBefore(consumer.records.messages, partition, committed[partition] ?? '0')
        const tooSoon = lines
          .slice(0, done)
          .filter((line) => killedAt - writtenAt(line) < COMMIT_INTERVAL_MS)
        assert.deepEqual(tooSoon, [], 'committed too soon')

        const again = lines.slice(done)
        const untilCrash = lines.slice(0, (received[partition]?.length ?? 0) - again.length)
        assert.ok(untilCrash.length > done, 'records were sent and not yet committed')
        assert.deepEqual(received[partition], [...untilCrash, ...again], `partition ${partition}`)
      })
    })
  })
}

/** How many records of a partition lie before an offset. */
function linesBefore(records: readonly SinkMessage[], partition: number, end: string): number {
  const offsets = records
    .filter((record) => record.partition === partition)
    .map(({ offset = '' }) => offset)
  return [...new Set(offsets)].filter((offset) => BigInt(offset) < BigInt(end)).length
}

/** Resolves when something is committed for each partition. A service tells only when asked. */
async function untilCommitted(broker: Broker): Promise<void> {
  let committed: readonly (string | null)[] = []
  const isCommitted = async (): Promise<boolean> => {
    committed = await broker.committed(GROUP, TOPIC)
    return !committed.includes(null) && committed.length === PARTITIONS
  }
  const explain = (): string => `committed so far: ${committed.join(', ')}`
  await waitUntil(isCommitted, explain, { timeoutMs: COMMITTED_MS })
}
