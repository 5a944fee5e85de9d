import assert from 'node:assert/strict'
import { brokerOf } from '../support/broker'
import { CODECS, compressedBatch, LINES, PRODUCERS } from '../support/compressed-batches'
import { startEmulator } from '../support/emulator'
import { linesByPartition, Reader } from '../support/reader'
import { Resources } from '../support/resources'

const LOGSTORE = 'compressed'

/** Node.js has zstd of its own from 22.15 on, and another way where it has not. */
describe('records in compressed batches', () => {
  const resources = new Resources()

  after(() => resources.end())

  it('arrive, whatever codec of whatever producer compressed them', async () => {
    const endpoint = await resources.started(startEmulator({ logstores: { [LOGSTORE]: 1 } }))
    const batches = PRODUCERS.flatMap((producer) =>
      CODECS.map((codec) => compressedBatch(producer, codec)),
    )
    for (const batch of batches) await endpoint.appendBatch(LOGSTORE, 0, batch)
    const reader = await Reader.start(resources, brokerOf(endpoint))
    await reader.deploy({ logstore: LOGSTORE, group: LOGSTORE, startFrom: 'earliest' })
    await reader.hasReceived(batches.length * LINES.length)
    assert.equal(await reader.stop(), 0, 'exit code of Node-RED')
    assert.deepEqual(linesByPartition(reader.records.messages, 1), [
      batches.flatMap(() => [...LINES]),
    ])
  })
})
