import type { Emulator } from '../../tools/emulator/emulator'
import { parseFault, type FaultDescription } from '../../tools/emulator/faults/parse-fault'
import type { TrafficReport } from '../../tools/emulator/traffic'
import type { RunningConsumer } from '../support/running-consumer'
import type { Disturbance, Trigger } from './fault-case'

const WRONG_SECRET = 'another secret'

/** Switches the fault on. @returns a function that switches it off, and drops half-open connections */
export async function switchOn(
  emulator: Emulator,
  disturbance: Disturbance,
): Promise<() => Promise<void>> {
  const { accessKey } = emulator.access
  switch (disturbance.kind) {
    case 'none':
      break
    case 'requests':
      addFault(emulator, disturbance.fault)
      break
    case 'reception':
      emulator.switches.change({ reception: disturbance.reception })
      break
    case 'outage':
      await emulator.listener.close()
      break
    case 'half-open':
      emulator.freezeConnections()
      break
    case 'access-key':
      emulator.access.accessKey = { ...accessKey, secret: WRONG_SECRET }
      break
  }
  return async () => {
    emulator.access.accessKey = accessKey
    emulator.clearFaults()
    await emulator.listener.open()
  }
}

/** Makes the consumer request what meets the fault. */
export async function pull(
  trigger: Trigger,
  emulator: Emulator,
  consumer: RunningConsumer,
  group: string,
): Promise<void> {
  switch (trigger) {
    case 'none':
      return
    case 'close connections':
      emulator.listener.killConnections()
      return
    case 'expire the member':
      emulator.groups.expireMembers(group)
      return
    case 'move the coordinator':
      addFault(emulator, { kind: 'error', error: 16, api: 'Heartbeat', times: 1 })
      return
    case 'move the leader':
      addFault(emulator, { kind: 'error', error: 6, api: 'Fetch', times: 1 })
      return
    case 'expire the offsets':
      addFault(emulator, { kind: 'error', error: 1, api: 'Fetch', times: 1 })
      return
    case 'restart':
      await consumer.restart()
  }
}

/**
 * When the disturbance was met first.
 *
 * @param sinceMs when it was switched on, `performance.now()`
 * @returns `performance.now()` of that moment, as exactly as is known; null if it was not met yet
 */
export function metAt(
  emulator: Emulator,
  disturbance: Disturbance,
  traffic: TrafficReport,
  sinceMs: number,
): number | null {
  const first = (moments: readonly { readonly atMs: number }[]): number | null =>
    moments.find(({ atMs }) => atMs >= sinceMs)?.atMs ?? null
  switch (disturbance.kind) {
    case 'none':
      return null
    case 'outage':
    case 'half-open':
      return sinceMs
    case 'reception':
      return first(traffic.connections.recent)
    case 'access-key':
      return first(traffic.refusedLogins.recent)
    case 'requests': {
      const requests = traffic.requests[disturbance.api]?.recent ?? []
      const failing = first(requests.filter(({ isFailing }) => isFailing))
      // A throttle spoils no request, but is used.
      const isUsed = (emulator.faults.list[0]?.timesApplied ?? 0) > 0
      return failing ?? (isUsed ? performance.now() : null)
    }
  }
}

function addFault(emulator: Emulator, description: FaultDescription): void {
  emulator.faults.add(parseFault(description))
}
