import assert from 'node:assert/strict'
import { GroupConsumer } from '../../../lib/kafka/group-consumer'
import { SILENT_LOGGER } from '../../../lib/logger'
import { optionsFor } from '../../../tools/shared/consumer-options'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { RunningConsumer } from '../../support/running-consumer'
import { listenerWith } from '../../support/source-listener'

const LOGSTORE = 'access-log'
/** Longer than a test: only a commit at the failure itself can be in time. */
const COMMIT_INTERVAL_MS = '60000'
const SETTINGS = {
  logstore: LOGSTORE,
  group: 'node-red',
  startFrom: 'earliest',
  format: 'text',
  commitInterval: COMMIT_INTERVAL_MS,
} as const

describe('a group consumer that fails while the service takes commits', () => {
  let endpoint: RunningEmulator
  let consumer: RunningConsumer | null = null

  beforeEach(async () => {
    endpoint = await startEmulator({ logstores: { [LOGSTORE]: 1 } })
    await endpoint.append(LOGSTORE, ['a', 'b', 'c'], { groupSize: 1 })
  })

  afterEach(async () => {
    await consumer?.close()
    consumer = null
    await endpoint.stop()
  })

  /** The next record that arrives is one that was not sent yet. */
  async function assertNothingComesTwice(reading: RunningConsumer): Promise<void> {
    await reading.untilJoined(2)
    await endpoint.append(LOGSTORE, ['d'])
    await reading.untilMessages(4)
    assert.deepEqual(reading.payloads, ['a', 'b', 'c', 'd'])
  }

  it('commits what was sent before a client follows the one whose listener threw', async () => {
    let isBroken = false
    consumer = new RunningConsumer(endpoint, SETTINGS, 'broken', (inner) => ({
      ...inner,
      onEvent: (event) => {
        if (!isBroken || event.type !== 'caught-up') inner.onEvent(event)
        else {
          isBroken = false
          throw new TypeError('a bug')
        }
      },
    })).start()
    await consumer.untilMessages(3)
    isBroken = true
    await assertNothingComesTwice(consumer)
  })

  it('commits what was sent before a refused heartbeat ends the membership', async () => {
    consumer = new RunningConsumer(endpoint, SETTINGS).start()
    await consumer.untilMessages(3)
    await endpoint.failRequests('GROUP_AUTHORIZATION_FAILED', { api: 'Heartbeat', times: 1 })
    await assertNothingComesTwice(consumer)
  })

  it('does not wait for a commit that is not answered', async () => {
    let reason: string | null = null
    const source = new GroupConsumer(
      { consumer: optionsFor(endpoint, SETTINGS), clientId: 'waits', logger: SILENT_LOGGER },
      listenerWith(
        {
          fetched: () => {
            throw new TypeError('a bug')
          },
        },
        (why) => {
          reason = why
          return new Promise(() => undefined)
        },
      ),
    )
    await assert.rejects(source.run(new AbortController().signal), TypeError)
    assert.equal(reason, 'failure')
  })
})
