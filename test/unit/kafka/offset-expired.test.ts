import assert from 'node:assert/strict'
import { startEmulator, type RunningEmulator } from '../../../tools/emulator/process'
import { RunningConsumer } from '../../support/running-consumer'

const LOGSTORE = 'access-log'
const SETTINGS = { logstore: LOGSTORE, startFrom: 'earliest' }

describe('kafka: a group that was away for too long', () => {
  let endpoint: RunningEmulator

  before(async () => {
    endpoint = await startEmulator({ logstores: { [LOGSTORE]: 2 } })
  })

  after(async () => {
    await endpoint.stop()
  })

  it('goes on at the earliest log that is kept, and says what it has lost', async () => {
    const settings = { ...SETTINGS, group: 'away' }
    const before = new RunningConsumer(endpoint, settings, 'before').start()
    await before.untilJoined()
    await endpoint.append(LOGSTORE, ['read'], { shard: 1 })
    await before.untilMessages(1)
    await before.close()
    await endpoint.append(LOGSTORE, ['never read'], { shard: 1 })
    const found = await endpoint.expireLogs(LOGSTORE, 1)
    await endpoint.append(LOGSTORE, ['kept'], { shard: 1 })

    const after = new RunningConsumer(endpoint, settings, 'after').start()
    await after.untilMessages(1)
    await after.close()
    assert.deepEqual(after.payloads, ['kept'])
    assert.deepEqual(
      after.failures.map(({ code, params }) => ({ code, ...params })),
      [
        {
          code: 'SLS_OFFSET_EXPIRED',
          group: 'away',
          shard: 1,
          lost: String(BigInt(before.messages[0]?.offset ?? 0) + 1n),
          found,
        },
      ],
    )
  })

  it('says nothing where a new group begins', async () => {
    const consumer = new RunningConsumer(endpoint, { ...SETTINGS, group: 'new' }, 'new').start()
    await consumer.untilMessages(1)
    await consumer.close()
    assert.deepEqual(consumer.payloads, ['kept'])
    assert.deepEqual(consumer.failures, [])
  })
})
