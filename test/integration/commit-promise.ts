import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Broker, Service } from '../support/broker'
import type { SinkMessage } from '../support/node-red'
import { linesByPartition, Reader } from '../support/reader'
import { Resources } from '../support/resources'
import { startWriter, writtenAt } from './writer'

const PARTITIONS = 4
const TOPIC = 'crash'
const GROUP = 'crash'
const COMMIT_INTERVAL_MS = 5_000
/** So that the group soon forgets a member that was killed; the shortest that services take. */
const SESSION_TIMEOUT_MS = 6_000
/** Twice the two commit intervals after which a record is committed at the latest. */
const COMMITTED_MS = 4 * COMMIT_INTERVAL_MS
const LOOK_AGAIN_MS = 100

export function commitsNotTooSoon(service: Service): void {
  describe('commit onSend', () => {
    const resources = new Resources()
    let broker: Broker

    before(async () => {
      broker = await resources.started(service.start())
    })

    after(() => resources.end())

    it('leaves out what was sent less than the commit interval ago: after a crash it comes again', async () => {
      await broker.createTopic(TOPIC, PARTITIONS)
      const reader = await Reader.start(resources, broker)
      await reader.deploy({
        logstore: TOPIC,
        group: GROUP,
        startFrom: 'earliest',
        commitInterval: COMMIT_INTERVAL_MS,
        sessionTimeout: SESSION_TIMEOUT_MS,
      })
      await reader.reads(PARTITIONS)
      const writer = startWriter(broker, TOPIC, PARTITIONS)
      resources.onEnd(() => writer.stop())
      await untilCommitted(broker)
      await reader.nodeRed.kill()
      const killedAt = Date.now()
      const committed = await broker.committed(GROUP, TOPIC)

      await reader.restart()
      await reader.reads(PARTITIONS)
      const written = await writer.stop()
      await Promise.all(written.map((lines) => reader.hasLine(lines.at(-1) ?? '')))
      assert.equal(await reader.stop(), 0, 'exit code of Node-RED')

      const received = linesByPartition(reader.records.messages, PARTITIONS)
      written.forEach((lines, partition) => {
        const done = linesBefore(reader.records.messages, partition, committed[partition] ?? '0')
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
  const deadline = Date.now() + COMMITTED_MS
  for (;;) {
    const committed = await broker.committed(GROUP, TOPIC)
    if (!committed.includes(null) && committed.length === PARTITIONS) return
    if (Date.now() > deadline) throw new Error(`committed so far: ${committed.join(', ')}`)
    await delay(LOOK_AGAIN_MS)
  }
}
