import assert from 'node:assert/strict'
import { GroupConsumer } from '../../../lib/kafka/group-consumer'
import type { FetchedBatch } from '../../../lib/kafka/log-source'
import { optionsFor } from '../../../tools/shared/consumer-options'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { SILENT_LOGGER } from '../../../lib/logger'
import { listenerWith } from '../../support/source-listener'

const LOGSTORE = 'access-log'

describe('a group consumer with a listener that throws', () => {
  let endpoint: RunningEmulator

  before(async () => {
    endpoint = await startEmulator({ logstores: { [LOGSTORE]: 1 } })
  })

  after(() => endpoint.stop())

  for (const error of [new TypeError('a bug'), new Error('a bug')]) {
    it(`ends with the ${error.name}, and delivers nothing of what follows`, async () => {
      await endpoint.append(LOGSTORE, ['a', 'b', 'c'], { groupSize: 1 })
      const fetched: FetchedBatch[] = []
      const source = new GroupConsumer(
        {
          consumer: optionsFor(endpoint, {
            logstore: LOGSTORE,
            group: error.name,
            startFrom: 'earliest',
          }),
          clientId: 'throwing',
          logger: SILENT_LOGGER,
        },
        listenerWith({
          fetched: ({ batch }) => {
            fetched.push(batch)
            throw error
          },
        }),
      )
      await assert.rejects(source.run(new AbortController().signal), error)
      assert.equal(fetched.length, 1)
    })
  }
})
