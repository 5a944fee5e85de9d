import assert from 'node:assert/strict'
import { brokerOf } from '../../tools/shared/broker'
import { CODECS, compressedBatch, LINES, PRODUCERS } from '../support/compressed-batches'
import { startEmulator } from '../../tools/emulator/process'
import { linesByPartition, ConsumerProcess } from '../../tools/shared/consumer-process'
import { endedAfterAll } from '../support/suite'

const LOGSTORE = 'compressed'

/** Node.js has zstd of its own from 22.15 on, and another way where it has not. */
describe('records in compressed batches', () => {
  const resources = endedAfterAll()

  it('arrive, whatever codec of whatever producer compressed them', async () => {
    const emulator = await resources.started(startEmulator({ logstores: { [LOGSTORE]: 1 } }))
    const batches = PRODUCERS.flatMap((producer) =>
      CODECS.map((codec) => compressedBatch(producer, codec)),
    )
    for (const batch of batches) await emulator.appendBatch(LOGSTORE, 0, batch)
    const consumer = await ConsumerProcess.start(resources, brokerOf(emulator))
    await consumer.deploy({ logstore: LOGSTORE, group: LOGSTORE, startFrom: 'earliest' })
    await consumer.hasReceived(batches.length * LINES.length)
    assert.equal(await consumer.stop(), 0, 'exit code of Node-RED')
    assert.deepEqual(linesByPartition(consumer.records.messages, 1), [
      batches.flatMap(() => [...LINES]),
    ])
  })
})
