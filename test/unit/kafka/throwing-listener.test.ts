import assert from 'node:assert/strict'
import { guardedListener } from '../../../lib/kafka/guarded-listener'
import { KafkajsSource } from '../../../lib/kafka/kafkajs-source'
import type { FetchedBatch } from '../../../lib/kafka/source'
import { optionsFor } from '../../support/consumer-options'
import { startEmulator, type RunningEmulator } from '../../support/emulator'
import { SILENT_LOGGER } from '../../../lib/logger'
import { listenerWith } from '../../support/source-listener'

const LOGSTORE = 'access-log'

describe('kafka/guarded-listener', () => {
  it('tells the first exception and calls nothing any more', () => {
    const told: unknown[] = []
    const answers: number[] = []
    const listener = guardedListener(
      listenerWith({
        onCaughtUp: (shard) => {
          throw new TypeError(`shard ${shard}`)
        },
        onAnswer: () => answers.push(1),
      }),
      (error) => told.push(error),
    )
    listener.onAnswer()
    listener.onCaughtUp(3)
    listener.onCaughtUp(4)
    listener.onAnswer()
    assert.deepEqual(told.map(String), ['TypeError: shard 3'])
    assert.equal(answers.length, 1)
  })
})

describe('kafka/kafkajs-source with a listener that throws', () => {
  let endpoint: RunningEmulator

  before(async () => {
    endpoint = await startEmulator({ logstores: { [LOGSTORE]: 1 } })
  })

  after(() => endpoint.stop())

  for (const [kind, error] of [
    ['a TypeError, which stops kafkajs', new TypeError('a bug')],
    ['an Error, with which kafkajs tries again and finds the batch known', new Error('a bug')],
  ] as const) {
    it(`ends with ${kind}, and gives nothing of what follows`, async () => {
      await endpoint.append(LOGSTORE, ['a', 'b', 'c'], { groupSize: 1 })
      const fetched: FetchedBatch[] = []
      const source = new KafkajsSource(
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
          onFetched: (batch) => {
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
