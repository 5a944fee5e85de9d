import { brokerOf, emulatorService } from '../../tools/shared/broker'
import { startEmulator, type RunningEmulator } from '../../tools/emulator/process'
import { repeatsLittleOfAFastFlow } from './fast'

/** Milliseconds that a commit takes. Longer than the second for which a flow does not wait for it. */
const SLOW_COMMIT_MS = 5_000

repeatsLittleOfAFastFlow({
  title: '',
  records: 40_000,
  killedAfter: 10_000,
  roundTripMs: 0,
  sessionTimeout: 6_000,
  start: (resources) => resources.started(emulatorService.start()),
})

let emulator: RunningEmulator | null = null

repeatsLittleOfAFastFlow({
  title: ', where a commit takes 5 s',
  records: 20_000,
  killedAfter: 5_000,
  roundTripMs: 1_000,
  // Heartbeats wait on the connection behind a commit.
  sessionTimeout: 30_000,
  start: async (resources) => {
    emulator = await resources.started(startEmulator())
    await emulator.delayRequests(SLOW_COMMIT_MS, { api: 'OffsetCommit' })
    return brokerOf(emulator)
  },
  killed: async () => {
    await emulator?.clearFaults()
  },
})
