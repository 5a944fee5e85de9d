import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { GroupConsumer } from '../../../lib/kafka/group-consumer'
import { SILENT_LOGGER } from '../../../lib/logger'
import { optionsFor } from '../../../tools/shared/consumer-options'
import { startEmulator } from '../../../tools/emulator/process'
import { listenerWith } from '../../support/source-listener'
import { endedAfterEach } from '../../support/suite'

const SETTINGS = { logstore: 'access-log', group: 'node-red', startFrom: 'earliest' } as const

/** After so many the client rests for longer than a close waits for it. */
const TRIES_IN_VAIN = 6

function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
}

describe('kafka: a stop while the client rests between two tries', () => {
  const resources = endedAfterEach()

  it('ends the rest, and leaves no timer', async () => {
    const endpoint = await resources.started(startEmulator())
    const before = timers()
    const events = new EventEmitter()
    const stop = new AbortController()
    const source = new GroupConsumer(
      { consumer: optionsFor(endpoint, SETTINGS), clientId: 'resting', logger: SILENT_LOGGER },
      listenerWith({
        assigned: () => events.emit('assigned'),
        trouble: () => events.emit('trouble'),
      }),
    )
    const running = source.run(stop.signal)
    await once(events, 'assigned')
    await endpoint.close()
    for (let tries = 0; tries < TRIES_IN_VAIN; tries++) await once(events, 'trouble')
    stop.abort()
    await running
    assert.ok(timers() <= before, `${timers()} timers, ${before} before`)
  })
})
